import { TargetSystemError } from '../../../core/model/errors.js';
import { isRefusal } from '../connection/s3-request.error.js';

/** How two states of one kind of thing are compared. */
export interface WrittenKind<Written, Found extends Written> {
  isSame(written: Written, found: Found): boolean;
  /** For people: what `found` is, and how it differs from `written`, which is absent where the attempt removed the thing. */
  describe(found: Found, written: Written | undefined): string;
}

/**
 * A thing by its name for people, and the states that a write of the attempt may have given it; undefined: removed. Without
 * states, nobody knows what the write did.
 */
export type WrittenEntry<Written> = readonly [name: string, ...states: (Written | undefined)[]];

/** The states that an attempt's own writes gave to things, so that `recipes.undo()` overwrites no later write of somebody else. */
export class OwnWrites<Written, Found extends Written> {
  readonly #written = new Map<string, readonly (Written | undefined)[]>();

  readonly #kind: WrittenKind<Written, Found>;

  constructor(kind: WrittenKind<Written, Found>) {
    this.#kind = kind;
  }

  /**
   * Runs a write and remembers the states that it resolves to.
   *
   * @param expected - the states that count while there is no answer, which may never come; after a refusal the earlier ones do
   */
  async during(
    expected: readonly WrittenEntry<Written>[],
    write: () => Promise<readonly WrittenEntry<Written>[]>,
  ): Promise<void> {
    const earlier = expected.map(([name]): WrittenEntry<Written> => [
      name,
      ...(this.#written.get(name) ?? []),
    ]);
    this.#note(expected.map((entry, index) => (entry.length > 1 ? both(entry, earlier[index]) : entry)));
    try {
      this.#note(await write());
    } catch (error) {
      if (isRefusal(error)) this.#note(earlier);
      throw error;
    }
  }

  /**
   * Compares what is there now with what the attempt wrote.
   *
   * @param found - the state of each thing, read right before it is put back
   * @throws TargetSystemError when somebody else has written or removed one of them since the attempt did
   */
  refuseOthers(found: readonly (readonly [name: string, now: Found | undefined])[]): void {
    const others = found.flatMap(([name, now]) => {
      const states = this.#written.get(name) ?? [];
      return states.length === 0 || states.some((written) => this.#isSame(written, now))
        ? []
        : [this.#describe(name, states.at(-1), now)];
    });
    if (others.length > 0) throw othersWrote(others);
  }

  #note(entries: readonly WrittenEntry<Written>[]): void {
    for (const [name, ...states] of entries) this.#written.set(name, states);
  }

  #isSame(written: Written | undefined, now: Found | undefined): boolean {
    return written === undefined || now === undefined ? written === now : this.#kind.isSame(written, now);
  }

  #describe(name: string, written: Written | undefined, now: Found | undefined): string {
    const ours = `the change ${written === undefined ? 'removed' : 'put'} ${name}, and since then`;
    if (now === undefined) return `${ours} it was removed by somebody else`;
    const theirs = written === undefined ? 'another one was put' : 'it was changed';
    return `${ours} ${theirs} by somebody else (${this.#kind.describe(now, written)})`;
  }
}

function both<Written>(
  [name, ...states]: WrittenEntry<Written>,
  [, ...earlier]: WrittenEntry<Written> = [''],
): WrittenEntry<Written> {
  return [name, ...earlier, ...states];
}

function othersWrote(others: readonly string[]): TargetSystemError {
  return new TargetSystemError(`Not put back: ${others.join('; ')}.`, {
    fix: [
      'look at it, put it right by hand, and mark the change as rolled back',
      'or put back what the change left, and mark it as applied',
    ],
  });
}
