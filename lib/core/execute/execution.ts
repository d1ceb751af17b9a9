import type { ChainIdentity } from '../audit-store.js';
import type { Journal } from '../journal.js';
import type { Lease } from '../lease.js';
import type { Step } from '../plan.js';
import type { ChangeReport } from '../report.js';
import type { EngineSettings, RunRequest } from '../settings.js';
import type { AttemptScope, TargetSystem } from '../target-system.js';
import type { Leftovers } from './leftovers.js';
import type { Operation } from './operation.js';
import type { Thrown } from './thrown.js';

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
  readonly journal: Journal;
  readonly leftovers: Leftovers;
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
  /** True when an earlier attempt may be in effect and nothing has settled it: that this one was rolled back says nothing about it. */
  readonly isOpen: boolean;
}

/** How a change ended. */
export interface TaskResult {
  readonly outcome: ChangeReport['outcome'];
  /** STARTED of the next step is durable. */
  readonly startedNext: boolean;
  /** There exactly when it failed. */
  readonly failure?: Thrown;
  readonly note?: string;
}
