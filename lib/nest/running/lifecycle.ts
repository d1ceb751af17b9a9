import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { InterruptedError } from '../../core/model/errors.js';
import { Flamingock } from '../flamingock.service.js';
import { FlamingockWiring } from '../wiring.js';
import { errorOfPlan } from './check-pending.js';
import { Readiness } from './readiness.js';
import { failureSummary, failureText, reportText } from './report-text.js';
import { logEvents } from './run-log.js';
import { RunQueue } from './run-queue.js';

/** Runs or checks the changes at boot, as `onBootstrap` says, and waits for a running change when the app closes. */
@Injectable()
export class FlamingockLifecycle implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Flamingock');
  #booted: Promise<void> | undefined;

  readonly #wiring: FlamingockWiring;
  readonly #flamingock: Flamingock;
  readonly #queue: RunQueue;
  readonly #readiness: Readiness;

  constructor(wiring: FlamingockWiring, flamingock: Flamingock, queue: RunQueue, readiness: Readiness) {
    this.#wiring = wiring;
    this.#flamingock = flamingock;
    this.#queue = queue;
    this.#readiness = readiness;
    logEvents(wiring.events, this.#logger);
  }

  /** The first of all but those of global modules that are imported earlier. */
  async onModuleInit(): Promise<void> {
    this.#wiring.noteChanges();
    if (this.#wiring.options.runOn === 'init') await this.onApplicationBootstrap();
  }

  /** Nest calls it twice when a hybrid app defers its initialization; the app still boots once. */
  onApplicationBootstrap(): Promise<void> {
    return (this.#booted ??= this.#boot());
  }

  /** Connections close later than this, in `onApplicationShutdown`. */
  async onModuleDestroy(): Promise<void> {
    await this.#queue.close('The app is closing');
    this.#wiring.events.complete();
  }

  async #boot(): Promise<void> {
    this.#readiness.hookReached();
    const { mode } = this.#wiring.options;
    if (mode === 'skip') return this.#skip();
    try {
      for (const warning of await this.#wiring.warnings()) this.#logger.warn(warning);
      this.#wiring.watchLazyModules((text) => this.#logger.warn(text));
      if (mode === 'check') await this.#check();
      else if (mode === 'apply') await this.#apply();
      else this.#applyInBackground();
    } catch (error) {
      this.#readiness.failed(error);
      // Only a summary: Nest or the caller of `init()` prints the error itself.
      this.#logFailure(error, failureSummary(error));
      throw error;
    }
  }

  #skip(): void {
    this.#logger.log("Changes are skipped, as onBootstrap or FLAMINGOCK_ON_BOOTSTRAP says 'skip'");
    this.#readiness.ready();
  }

  async #check(): Promise<void> {
    if (!(await this.#flamingock.hasNothingToDo())) {
      const plan = await this.#flamingock.plan();
      plan.warnings.forEach((warning) => this.#logger.warn(warning));
      const error = errorOfPlan(plan);
      if (error) throw error;
    }
    this.#logger.log('Checked: no change is pending');
    this.#readiness.ready();
  }

  async #apply(): Promise<void> {
    const report = await this.#flamingock.run();
    const text = reportText(report);
    if (report.warnings.length) this.#logger.warn(text);
    else this.#logger.log(text);
  }

  #applyInBackground(): void {
    this.#apply().catch((error: unknown) => this.#logFailure(error, failureText(error)));
  }

  /** An interruption was asked for, so it is a warning. */
  #logFailure(error: unknown, text: string): void {
    if (error instanceof InterruptedError) this.#logger.warn(text);
    else this.#logger.error(text);
  }
}
