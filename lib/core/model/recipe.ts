/** One thing that an operation would change, for people. */
export interface Difference {
  /** What changes: `topic 'orders'`, `retention.ms`. */
  readonly what: string;
  /** The present value; absent when there is none. */
  readonly from?: string;
  /** The new value; absent when it will be removed. */
  readonly to?: string;
}

/** How an operation is undone, or why it cannot be. */
export type Reversal<Session> =
  | {
      readonly possible: true;
      /** One line: `delete topic 'orders'`. */
      readonly summary: string;
      /** Undoes the operation. Idempotent. */
      perform(session: Session): Promise<void>;
    }
  | { readonly possible: false; readonly reason: string };

/**
 * One mutating operation of a system's client, as a value: its name, what it would change, how it is applied and how it is
 * undone. A recipe is a constant without state.
 *
 * The same value serves to apply the operation, to undo it in a `@Rollback`, and to preview it. To undo it in another process,
 * `operation` and `before` are enough.
 *
 * @typeParam Session - the live connection that it works through
 * @typeParam Input - what the change asks for
 * @typeParam Before - the state before, as JSON, so that it can be stored. Large content is replaced by a reference, such as the
 *   id of a version or of a copy on the server. It names its subject, so that `reverse` needs nothing else.
 * @typeParam Result - what the client's method resolves to
 */
export interface Recipe<Session, Input, Before, Result = void> {
  /** The name of the operation, such as `kafka.ensure-topic`. It never changes, because stored states refer to it. */
  readonly operation: string;
  /** One line for people: `ensure topic 'orders' (6 partitions)`. */
  describe(input: Input): string;
  /** Reads the present state. Writes nothing that others can see. @throws an error that names the fault of the input */
  read(session: Session, input: Input): Promise<Before>;
  /** What the operation would change. When empty, it is not applied. Pure. */
  compare(input: Input, before: Before): readonly Difference[];
  /** Applies the operation. Idempotent. */
  apply(session: Session, input: Input, before: Before): Promise<Result>;
  /** True when an error of `apply` says that nothing was changed, so that there is nothing to undo. @default false */
  wasRefused?(error: unknown): boolean;
  /** What `apply` would resolve to, as far as it can be known before. Used in a preview, and when there is nothing to change. Pure. */
  expect(input: Input, before: Before): Result;
  /** How to restore the state before. Pure. */
  reverse(before: Before): Reversal<Session>;
}

/** Applies one operation, or in a preview only notes it. A client with recipes calls it in each of its mutating methods. */
export type PerformRecipe<Session> = <Input, Before, Result>(
  recipe: Recipe<Session, Input, Before, Result>,
  input: Input,
) => Promise<Result>;

/** One operation that a change would do. */
export interface PreviewedOperation {
  /** One line: `ensure topic 'orders' (6 partitions)`, or an SQL statement. */
  readonly summary: string;
  /** Empty when nothing would change; absent where the system cannot compare. */
  readonly differences?: readonly Difference[];
  /** Why it cannot be undone afterwards; absent when it can be, or when a transaction undoes it. */
  readonly irreversible?: string;
  /** Why it is only listed, not tried: it may fail, and later operations of the preview do not see its effect. */
  readonly untried?: string;
}

/** Receives the operations that a change would do, in order. */
export type NotePreviewed = (operation: PreviewedOperation) => void;

/** What a change would do, as far as a preview can find out. */
export type ChangePreview =
  | { readonly possible: true; readonly operations: readonly PreviewedOperation[] }
  | {
      readonly possible: false;
      /** Why the preview ends early. */
      readonly reason: string;
      /** The operations before that. */
      readonly operations: readonly PreviewedOperation[];
    };
