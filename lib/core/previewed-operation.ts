import type { Difference } from './recipe.js';

/** What a change would do, found out without doing it. */
export interface PreviewedOperation {
  /** One line: `ensure topic 'orders' (6 partitions)`, or an SQL statement. */
  readonly summary: string;
  /** Empty when all is as asked for already; absent where the system cannot compare. */
  readonly differences?: readonly Difference[];
  /** Why it can't be put back afterwards; absent when it can, or when the system's transaction does that. */
  readonly irreversible?: string;
  /** Why it is only listed: nobody knows whether it would succeed, and what follows does not see its effect. */
  readonly untried?: string;
}

/** Takes what would be done, in order. */
export type NotePreviewed = (operation: PreviewedOperation) => void;

/** What a change would do, as far as can be told. */
export type ChangePreview =
  | { readonly possible: true; readonly operations: readonly PreviewedOperation[] }
  | {
      readonly possible: false;
      /** Why it ends where it does. */
      readonly reason: string;
      /** What was told until then. */
      readonly operations: readonly PreviewedOperation[];
    };
