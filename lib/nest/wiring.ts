import { Inject, Injectable, Logger } from '@nestjs/common';
import { LazyModuleLoader, ModulesContainer } from '@nestjs/core';
import { Subject } from 'rxjs';
import { InvalidChangesError } from '../core/errors.js';
import type { FlamingockEvent } from '../core/events.js';
import type { EngineSettings } from '../core/settings.js';
import { noteChanges, watchLazyModules } from './forgotten-changes.js';
import { type GatheredSettings, gatherSettings } from './gather-settings.js';
import { requireOutsideChange } from './inside-change.js';
import { FLAMINGOCK_OPTIONS } from './tokens.js';
import type { FlamingockOptions } from './flamingock-options.js';
import { type ReadOptions, readOptions } from './read-options.js';

/** What the container holds for the engine. */
type Gathered = Exclude<GatheredSettings, { readonly problems: readonly string[] }>;

/** Makes what the engine works with out of the container: once, on first need, all faults in one error. */
@Injectable()
export class FlamingockWiring {
  readonly options: ReadOptions;
  readonly events = new Subject<FlamingockEvent>();
  private gathered: Promise<Gathered> | undefined;

  constructor(
    @Inject(FLAMINGOCK_OPTIONS) options: FlamingockOptions,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(LazyModuleLoader) private readonly lazyModules: LazyModuleLoader,
  ) {
    this.options = readOptions(options, process.env);
  }

  /** What store and target systems have to say about their set-up. @throws as `prepare()` */
  async warnings(): Promise<readonly string[]> {
    const { store, targets } = await this.prepare();
    return [...new Set([store, ...targets.values()].flatMap((one) => one.warnings?.() ?? []))];
  }

  /** Notes which changes the app has by now, so that others can be told of. */
  noteChanges(): void {
    noteChanges(this.modules);
  }

  /** From here on, changes that come too late are told of. */
  watchLazyModules(warn: (text: string) => void): void {
    noteChanges(this.modules);
    watchLazyModules(this.lazyModules, this.modules, warn);
  }

  /** @throws WaitsForItselfError when `what` is called by a change of this app */
  requireOutsideChange(what: string): void {
    requireOutsideChange(this.modules, what);
  }

  /** @throws InvalidChangesError with everything that is wrong with options, injection and changes */
  async prepare(): Promise<EngineSettings> {
    return (await this.gather()).settings;
  }

  private gather(): Promise<Gathered> {
    return (this.gathered ??= this.gatherOnce());
  }

  private async gatherOnce(): Promise<Gathered> {
    const gathered = await gatherSettings(this.options, this.modules, {
      emit: (event) => this.events.next(event),
      loggerFor: (changeId) => new Logger(`Flamingock ${changeId}`),
    });
    if ('problems' in gathered) throw new InvalidChangesError(gathered.problems);
    return gathered;
  }
}
