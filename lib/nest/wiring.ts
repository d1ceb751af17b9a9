import { Inject, Injectable, Logger } from '@nestjs/common';
import { LazyModuleLoader, ModulesContainer } from '@nestjs/core';
import { Subject } from 'rxjs';
import { InvalidChangesError } from '../core/model/errors.js';
import type { FlamingockEvent } from '../core/model/events.js';
import type { EngineSettings } from '../core/model/settings.js';
import { noteChanges, watchLazyModules } from './explore/forgotten-changes.js';
import { requireOutsideChange } from './explore/inside-change.js';
import { FLAMINGOCK_OPTIONS, type FlamingockOptions } from './options/flamingock-options.js';
import { type GatheredSettings, gatherSettings } from './options/gather-settings.js';
import { type ReadOptions, readOptions } from './options/read-options.js';

/** Settings without problems. */
type Gathered = Exclude<GatheredSettings, { readonly problems: readonly string[] }>;

/** Makes the settings of the engine from the container, once, when they are first needed. One error lists all faults. */
@Injectable()
export class FlamingockWiring {
  readonly options: ReadOptions;
  readonly events = new Subject<FlamingockEvent>();
  #gathered: Promise<Gathered> | undefined;

  readonly #modules: ModulesContainer;
  readonly #lazyModules: LazyModuleLoader;

  constructor(
    @Inject(FLAMINGOCK_OPTIONS) options: FlamingockOptions,
    modules: ModulesContainer,
    lazyModules: LazyModuleLoader,
  ) {
    this.#modules = modules;
    this.#lazyModules = lazyModules;
    this.options = readOptions(options, process.env);
  }

  /** The warnings of store and target systems about their set-up. @throws as `prepare()` */
  async warnings(): Promise<readonly string[]> {
    const { store, targets } = await this.prepare();
    return [...new Set([store, ...targets.values()].flatMap((one) => one.warnings?.() ?? []))];
  }

  /** Remembers the changes that the app has now, so that later ones can be recognized. */
  noteChanges(): void {
    noteChanges(this.#modules);
  }

  /** From now on, warns about changes in modules that are loaded later. */
  watchLazyModules(warn: (text: string) => void): void {
    noteChanges(this.#modules);
    watchLazyModules(this.#lazyModules, this.#modules, warn);
  }

  /** @throws WaitsForItselfError when `what` is called by a change of this app */
  requireOutsideChange(what: string): void {
    requireOutsideChange(this.#modules, what);
  }

  /** @throws InvalidChangesError with everything that is wrong with options, injection and changes */
  async prepare(): Promise<EngineSettings> {
    return (await this.#gather()).settings;
  }

  #gather(): Promise<Gathered> {
    return (this.#gathered ??= this.#gatherOnce());
  }

  async #gatherOnce(): Promise<Gathered> {
    const gathered = await gatherSettings(this.options, this.#modules, {
      emit: (event) => this.events.next(event),
      loggerFor: (changeId) => new Logger(`Flamingock ${changeId}`),
    });
    if ('problems' in gathered) throw new InvalidChangesError(gathered.problems);
    return gathered;
  }
}
