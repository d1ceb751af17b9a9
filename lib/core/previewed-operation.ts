import type { Difference } from './recipe.js';

/** What a change would do, found out without doing it. */
export interface PreviewedOperation {
  /** One line: `ensure topic 'orders' (6 partitions)`, or an SQL statement. */
  readonly summary: string;
  /** Empty when all is as asked for already; absent where the system cannot compare. */
  readonly differences?: readonly Difference[];
  /** Why it can't be put back afterwards; absent when it can, or when the system's transaction does that. */
  readonly irreversible?: string;
}

/** Takes what would be done, in order. */
export type NotePreviewed = (operation: PreviewedOperation) => void;
