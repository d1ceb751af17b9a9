/** One thing that an operation would make another, for people. */
export interface Difference {
  /** What changes: `topic 'orders'`, `retention.ms`. */
  readonly what: string;
  /** What it is now; absent when it is not there. */
  readonly from?: string;
  /** What it will be; absent when it will be gone. */
  readonly to?: string;
}

/** How an operation is put back, or why it can't be. */
export type Reversal<Session> =
  | {
      readonly possible: true;
      /** One line: `delete topic 'orders'`. */
      readonly summary: string;
      /** Puts it back. Done twice, the same state. */
      perform(session: Session): Promise<void>;
    }
  | { readonly possible: false; readonly reason: string };

/**
 * One mutating operation of a system's client, as a value: what it is called, what it would change, how it is done and how
 * it is put back. Each is a constant in a file of its own; it keeps nothing between calls.
 *
 * Three things stand on it: doing it (and putting it back in a `@Rollback`), previewing it, and keeping what is needed to put
 * it back after the process is gone: `operation` and `before` are all that takes.
 *
 * @typeParam Session - the live connection that it works through
 * @typeParam Input - what the change asks for
 * @typeParam Before - what was there: JSON, so that it can be kept; large content is told by a reference, such as the id of
 *   a version or of a copy that the server made. It names its subject, so that `reverse` needs nothing else.
 * @typeParam Result - what the client's method resolves to
 */
export interface Recipe<Session, Input, Before, Result = void> {
  /** The same for ever, for a journal finds the operation by it: `kafka.ensure-topic`. */
  readonly operation: string;
  /** One line for people: `ensure topic 'orders' (6 partitions)`. */
  describe(input: Input): string;
  /** Reads what is there. Writes nothing that others could see. @throws an error that names what is wrong in the input */
  read(session: Session, input: Input): Promise<Before>;
  /** What doing it would change; empty when all is as asked for. Then it is not done. Pure. */
  compare(input: Input, before: Before): readonly Difference[];
  /** Does it. Done twice, the same state. */
  apply(session: Session, input: Input, before: Before): Promise<Result>;
  /** True when what `apply` threw says that nothing was done: then there is nothing to put back. @default false for all */
  wasRefused?(error: unknown): boolean;
  /** What `apply` would resolve to, as far as can be told before: for a preview, and when there is nothing to do. Pure. */
  expect(input: Input, before: Before): Result;
  /** Pure. */
  reverse(before: Before): Reversal<Session>;
}

/** Does one operation, or only says what it would do. What a client with recipes calls for each of its mutating methods. */
export type PerformRecipe<Session> = <Input, Before, Result>(
  recipe: Recipe<Session, Input, Before, Result>,
  input: Input,
) => Promise<Result>;
