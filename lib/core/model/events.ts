import type { LeaseHolder } from './audit-store.js';
import type { ImportReport } from './history-source.js';
import type { ChangeReport, ExecutionReport } from './report.js';

/** What a run reports while it goes on. The engine emits events and expects no answer. */
export type FlamingockEvent =
  | { readonly type: 'run-started'; readonly executionId: string; readonly pending: readonly string[] }
  | {
      readonly type: 'waiting-for-lock';
      readonly executionId: string;
      /** Who has the lock; with `leftOpen`, who had it last. */
      readonly holder: LeaseHolder | null;
      /** What the last holder left open, which still blocks the expired lock; a clause for people. */
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

/** Receives an event. Must not throw. */
export type Emit = (event: FlamingockEvent) => void;
