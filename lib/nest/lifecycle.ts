import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { InterruptedError } from '../core/errors.js';
import { errorOfPlan } from './check-pending.js';
import { Flamingock } from './flamingock.service.js';
import { Readiness } from './readiness.js';
import { failureSummary, failureText, reportText } from './report-text.js';
import { logEvents } from './run-log.js';
import { RunQueue } from './run-queue.js';
import { FlamingockWiring } from './wiring.js';

/** Does at boot what the app was told to do with its changes, and lets nothing be cut off when the app closes. */
@Injectable()
export class FlamingockLifecycle implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Flamingock');
  private booted: Promise<void> | undefined;

  constructor(
    private readonly wiring: FlamingockWiring,
    private readonly flamingock: Flamingock,
    private readonly queue: RunQueue,
    private readonly readiness: Readiness,
  ) {
    logEvents(wiring.events, this.logger);
  }

  /** The first of all but those of global modules that are imported earlier. */
  async onModuleInit(): Promise<void> {
    this.wiring.noteChanges();
    if (this.wiring.options.runOn === 'init') await this.onApplicationBootstrap();
  }

  /** Nest calls it twice when a hybrid app defers its initialization; the app still boots once. */
  onApplicationBootstrap(): Promise<void> {
    return (this.booted ??= this.boot());
  }

  /** Connections close later than this, in `onApplicationShutdown`. */
  async onModuleDestroy(): Promise<void> {
    await this.queue.close('The app is closing');
    this.wiring.events.complete();
  }

  private async boot(): Promise<void> {
    this.readiness.hookReached();
    const { mode } = this.wiring.options;
    if (mode === 'skip') return this.skip();
    try {
      for (const warning of await this.wiring.warnings()) this.logger.warn(warning);
      this.wiring.watchLazyModules((text) => this.logger.warn(text));
      if (mode === 'check') await this.check();
      else if (mode === 'apply') await this.apply();
      else this.applyInBackground();
    } catch (error) {
      this.readiness.failed(error);
      // Whoever the error goes to prints it.
      this.logFailure(error, failureSummary(error));
      throw error;
    }
  }

  private skip(): void {
    this.logger.log("Changes are skipped, as onBootstrap or FLAMINGOCK_ON_BOOTSTRAP says 'skip'");
    this.readiness.ready();
  }

  private async check(): Promise<void> {
    if (!(await this.flamingock.hasNothingToDo())) {
      const plan = await this.flamingock.plan();
      plan.warnings.forEach((warning) => this.logger.warn(warning));
      const error = errorOfPlan(plan);
      if (error) throw error;
    }
    this.logger.log('Checked: no change is pending');
    this.readiness.ready();
  }

  private async apply(): Promise<void> {
    const report = await this.flamingock.run();
    const text = reportText(report);
    if (report.warnings.length) this.logger.warn(text);
    else this.logger.log(text);
  }

  private applyInBackground(): void {
    this.apply().catch((error: unknown) => this.logFailure(error, failureText(error)));
  }

  /** Being told to stop is no reason to wake anybody up. */
  private logFailure(error: unknown, text: string): void {
    if (error instanceof InterruptedError) this.logger.warn(text);
    else this.logger.error(text);
  }
}
