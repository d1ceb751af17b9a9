import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { findIssues, type Issue } from '../core/engine/on-request/issues.js';
import { type Adoption, type AdoptOptions, adoptTargets } from '../core/engine/on-request/adopt-targets.js';
import { type Resolution, resolveIssue } from '../core/engine/on-request/resolve.js';
import { undo, type UndoOptions } from '../core/engine/on-request/undo.js';
import { type AuditVerification, verifyAudit } from '../core/engine/on-request/verify-audit.js';
import { planRun, planWithPreview } from '../core/engine/on-request/plan-run.js';
import type { RunResult } from '../core/engine/run-report.js';
import { hasNothingToDo, run } from '../core/engine/run.js';
import { importHistory } from '../core/import/import-history.js';
import type { AuditEntry } from '../core/model/audit-entry.js';
import type { HistoryQuery } from '../core/model/audit-store.js';
import type { FlamingockEvent } from '../core/model/events.js';
import type { HistorySource, ImportOptions, ImportReport } from '../core/model/history-source.js';
import type { Plan } from '../core/model/plan.js';
import type { ExecutionReport } from '../core/model/report.js';
import { type FlamingockStatus, Readiness } from './running/readiness.js';
import { logUndo } from './running/run-log.js';
import { RunQueue } from './running/run-queue.js';
import { FlamingockWiring } from './wiring.js';

/** How to run. */
export interface RunOptions {
  /**
   * Stops the run at a safe point when it fires. No effect when the call joins a run that is already going on.
   *
   * @default none
   */
  readonly signal?: AbortSignal;
}

/** How to plan. */
export interface PlanOptions {
  /** Finds out what each change would do, without doing it. @default false */
  readonly preview?: boolean;
}

/** The reason of a decision, and who decided. */
export type ResolveOptions = Pick<Resolution, 'reason' | 'actor'>;

/**
 * The changes of this app: run them, look at them, undo and resolve them.
 *
 * Every method that fails rejects with a `FlamingockError`; `InvalidChangesError` when the app's changes or options are faulty.
 */
@Injectable()
export class Flamingock {
  /** The events of runs, as they happen. */
  readonly events: Observable<FlamingockEvent>;
  #running: Promise<ExecutionReport> | undefined;

  readonly #logger = new Logger('Flamingock');

  readonly #wiring: FlamingockWiring;
  readonly #queue: RunQueue;
  readonly #readiness: Readiness;

  constructor(wiring: FlamingockWiring, queue: RunQueue, readiness: Readiness) {
    this.#wiring = wiring;
    this.#queue = queue;
    this.#readiness = readiness;
    this.events = wiring.events.asObservable();
  }

  /** The state of this process's changes. */
  get status(): FlamingockStatus {
    return this.#readiness.status;
  }

  /**
   * Resolves when every change of the plan is applied, or `onBootstrap` is `'skip'`. Rejects when a run fails.
   *
   * @throws WaitsForItselfError, at once, within a change, and in a hook that Nest calls before the one that runs the changes
   */
  async whenReady(): Promise<void> {
    this.#wiring.requireOutsideChange('flamingock.whenReady()');
    return this.#readiness.whenReady();
  }

  /**
   * Applies what is pending, after importing what the option `importHistory` names. One run per process at a time: a second
   * call joins it. @throws the error of a failed run, with its `report`
   */
  async run(options: RunOptions = {}): Promise<ExecutionReport> {
    this.#wiring.requireOutsideChange('flamingock.run()');
    this.#running ??= this.#start(options).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * What `run()` would do, and why, change by change. Writes nothing.
   *
   * With `preview`, the `@Apply` of every change that would be applied is called with clients that write nothing and record what it
   * would do. What a change does without the clients of its target system (a mail, a call of another service) really happens.
   */
  async plan({ preview = false }: PlanOptions = {}): Promise<Plan> {
    if (!preview) return planRun(await this.#wiring.prepare());
    this.#wiring.requireOutsideChange('flamingock.plan({ preview: true })');
    return this.#queue.enqueue(async (request) => planWithPreview(await this.#wiring.prepare(), request));
  }

  /**
   * Rolls applied changes back, newest first: those after `to`, `only` one, or `all: true`; exactly one of the three. With `dryRun`
   * only reports what it would do. Afterwards the status is `idle`. @throws InvalidChangesError when the selection is faulty
   */
  async undo(options: UndoOptions): Promise<ExecutionReport> {
    this.#wiring.requireOutsideChange('flamingock.undo()');
    return this.#queue.enqueue(async (request) => {
      const settings = await this.#wiring.prepare();
      if (options?.dryRun) return reportOf(await undo(settings, request, options));
      const resume = this.#readiness.pause();
      const result = await undo(settings, request, options);
      if (hasEffect(result)) this.#readiness.idle();
      else resume();
      logUndo(result, this.#logger);
      return reportOf(result);
    });
  }

  /** The changes that need a person, each with what happened and how to resolve it. */
  async issues(): Promise<Issue[]> {
    return findIssues(await this.#wiring.prepare());
  }

  /** Records what a person found out about a change that needs one. @returns the entry written */
  async resolve(changeId: string, as: Resolution['as'], options: ResolveOptions): Promise<AuditEntry> {
    this.#wiring.requireOutsideChange('flamingock.resolve()');
    return this.#queue.enqueue(async (request) => {
      const settings = await this.#wiring.prepare();
      return resolveIssue(settings, request, { changeId, as, ...options });
    });
  }

  /**
   * Records what another tool has applied, so that no run does it again; each row is an audit entry with operation `import`.
   * A row without a change in the code, a failed row and a record without rows are errors; one error lists them all.
   * What the audit already knows stays as it is, so a second call writes nothing.
   *
   * @param source - such as `typeOrmMigrations(dataSource)` of `nestjs-flamingock/typeorm`
   */
  async importHistory(source: HistorySource, options: ImportOptions = {}): Promise<ImportReport> {
    this.#wiring.requireOutsideChange('flamingock.importHistory()');
    return this.#queue.enqueue(async (request) =>
      importHistory(await this.#wiring.prepare(), request, source, options),
    );
  }

  /**
   * Gives the audit store a new store id, after `AuditStoreBehindError`: the store was restored from a backup, or is a copy of
   * another store. Before that, record with `resolve()` the changes that a target system has and the audit lacks.
   */
  async adoptTargets(options: Omit<AdoptOptions, 'storeId'>): Promise<Adoption> {
    this.#wiring.requireOutsideChange('flamingock.adoptTargets()');
    return this.#queue.enqueue(async (request) => {
      const storeId = randomBytes(16).toString('hex');
      return adoptTargets(await this.#wiring.prepare(), request, { ...options, storeId });
    });
  }

  /** @internal True when an earlier run found nothing to do for exactly these definitions. One small read. */
  async hasNothingToDo(): Promise<boolean> {
    return hasNothingToDo(await this.#wiring.prepare());
  }

  /** The audit's entries, as a stream. None when nothing was ever recorded. */
  async *history(query?: HistoryQuery): AsyncIterable<AuditEntry> {
    const { store } = await this.#wiring.prepare();
    yield* store.history(query);
  }

  /** Recomputes the chain of the audit's entries. */
  async verifyAudit(): Promise<AuditVerification> {
    return verifyAudit(await this.#wiring.prepare());
  }

  #start({ signal }: RunOptions): Promise<ExecutionReport> {
    return this.#queue.enqueue(async (request) => {
      this.#readiness.running();
      try {
        const settings = await this.#wiring.prepare();
        const report = reportOf(await run(settings, request));
        this.#readiness.ready();
        return report;
      } catch (error) {
        this.#readiness.failed(error);
        throw error;
      }
    }, signal);
  }
}

function reportOf({ report, error }: RunResult): ExecutionReport {
  if (error) throw error;
  return report;
}

function hasEffect({ report }: RunResult): boolean {
  return report.changes.some(({ outcome }) => outcome !== 'not-run' && outcome !== 'already-applied');
}
