import type { LeaseHolder } from './audit-store.js';
import type { ImportReport } from './import-report.js';
import type { ChangeReport, ExecutionReport } from './report.js';

/** What a run tells while it goes on. Events leave the engine; nothing comes back. */
export type FlamingockEvent =
  | { readonly type: 'run-started'; readonly executionId: string; readonly pending: readonly string[] }
  | {
      readonly type: 'waiting-for-lock';
      readonly executionId: string;
      /** Who has the lock; where `leftOpen` is said, who had it. */
      readonly holder: LeaseHolder | null;
      /** The lease is over, but what the holder left open is still in the way; a clause for people. */
      readonly leftOpen?: string;
      readonly inProgress: readonly string[];
    }
  | {
      readonly type: 'change-started';
      readonly executionId: string;
      readonly changeId: string;
      readonly attempt: number;
    }
  | {
      readonly type: 'change-progress';
      readonly executionId: string;
      readonly changeId: string;
      readonly done: number;
      readonly total?: number;
      readonly note?: string;
    }
  | { readonly type: 'change-finished'; readonly executionId: string; readonly change: ChangeReport }
  | { readonly type: 'history-imported'; readonly report: ImportReport }
  | {
      readonly type: 'targets-adopted';
      readonly executionId: string;
      readonly storeId: string;
      readonly reason: string;
    }
  | { readonly type: 'run-finished'; readonly report: ExecutionReport };

/** Takes an event. Must not throw. */
export type Emit = (event: FlamingockEvent) => void;
