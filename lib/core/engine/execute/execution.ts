import type { ChainIdentity } from '../../model/audit-store.js';
import type { Step } from '../../model/plan.js';
import type { ChangeReport } from '../../model/report.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import type { AttemptScope, TargetSystem } from '../../model/target-system.js';
import type { AuditWriter } from '../audit-writer.js';
import type { Lease } from '../lease.js';
import type { Operation } from './operation.js';
import type { Thrown } from './thrown.js';

/** Markers of settled attempts. The next transaction on their target system removes them, or the end of the run. */
export class SettledMarkers {
  readonly #byTarget = new Map<string, Set<string>>();

  add(target: string, changeIds: readonly string[]): void {
    const ids = this.#byTarget.get(target) ?? new Set();
    for (const id of changeIds) ids.add(id);
    this.#byTarget.set(target, ids);
  }

  of(target: string): readonly string[] {
    return [...(this.#byTarget.get(target) ?? [])];
  }

  removed(target: string, changeIds: readonly string[]): void {
    for (const id of changeIds) this.#byTarget.get(target)?.delete(id);
  }

  targets(): readonly string[] {
    return [...this.#byTarget].filter(([, { size }]) => size > 0).map(([target]) => target);
  }
}

/** The part of an execution that a method of a change is called with. */
export interface Surroundings {
  readonly settings: EngineSettings;
  readonly request: RunRequest;
  readonly lease: Pick<Lease, 'signal' | 'guard'>;
  readonly chain: ChainIdentity & Pick<AttemptScope, 'token'>;
  /** True when nothing may take effect. */
  readonly isPreview?: boolean;
}

/** What every step of a run under the lease works with. */
export interface Execution extends Surroundings {
  readonly operation: Operation;
  readonly lease: Lease;
  readonly auditWriter: AuditWriter;
  readonly settledMarkers: SettledMarkers;
}

/** One change about to be executed. */
export interface Task {
  readonly step: Step;
  readonly target: TargetSystem;
  /** The number of this attempt. */
  readonly attempt: number;
  /** True when STARTED was written together with the end of the change before. */
  readonly startedAhead: boolean;
  /** The step that follows, if its STARTED may be written together with this one's end. */
  readonly next: Step | undefined;
  /** True when an earlier unsettled attempt may be in effect. A rollback of this attempt does not settle it. */
  readonly isOpen: boolean;
}

/** How a change ended. */
export interface TaskResult {
  readonly outcome: ChangeReport['outcome'];
  /** STARTED of the next step is durable. */
  readonly startedNext: boolean;
  /** Present exactly when it failed. */
  readonly failure?: Thrown;
  readonly note?: string;
}
