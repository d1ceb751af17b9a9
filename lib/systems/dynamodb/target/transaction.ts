import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Clients, Marker, TargetTransaction } from '../../../core/model/target-system.js';
import { type CancellationReason, cancellationReasons, isAnswered } from '../connection/aws-errors.js';
import type { OwnCalls } from '../connection/own-calls.js';
import { describeRequest } from '../guard/command-kind.js';
import { type AttemptParts, clientsOf, DynamoDbAttempt, guardedClient } from '../guard/dynamodb-attempt.js';
import { changingMarkers, type MarkerChange } from './marker-item.js';
import { type MarkerLocation, notOpened, readMarkerItem } from './marker-location.js';
import { MOST_WRITES, type TransactionWrite, TransactionWriter } from './transaction-writer.js';

/**
 * The transaction of an attempt: it collects every write, and sends them as one request at the end.
 *
 * DynamoDB locks nothing meanwhile. So the request repeats, as conditions, what was read before (fence, lease, end of the chain):
 * it fails as a whole when another process has changed any of it.
 */
export class DynamoDbTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly attempt: DynamoDbAttempt;
  readonly #writes: TransactionWrite[] = [];
  readonly #included: TransactionWrite[] = [];
  #fence: MarkerChange['fence'];
  readonly #markers = new Map<string, Marker>();
  readonly #removed = new Set<string>();

  readonly #location: MarkerLocation;
  readonly #parts: AttemptParts;

  constructor(location: MarkerLocation, parts: AttemptParts) {
    this.#location = location;
    this.#parts = parts;
    this.attempt = new DynamoDbAttempt(parts);
    const writer = new TransactionWriter({
      pending: this.#writes,
      take: async (write) => {
        this.attempt.gate.pass('a write by TransactionWriter');
        if (this.#writes.length >= LEFT_BESIDE_MARKER) throw tooManyForAny(parts, this.#writes.length + 1);
        this.#writes.push(write);
      },
    });
    this.clients = clientsOf(guardedClient(this.attempt), writer);
  }

  get session(): this {
    return this;
  }

  async seal(): Promise<{ readonly brokenOpen: boolean }> {
    this.attempt.gate.close();
    await this.attempt.gate.settled();
    this.attempt.check();
    return { brokenOpen: false };
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    const { scope } = this.#parts;
    const item = await readMarkerItem(this.#location, scope);
    if (!item) throw notOpened(this.#location, scope);
    if (item.token > token) return false;
    this.#fence = { token, version: item.version, witness };
    return true;
  }

  async writeMarker(marker: Marker): Promise<void> {
    this.#markers.set(marker.changeId, marker);
    this.#requireRoom();
  }

  async removeMarkers(changeIds: readonly string[]): Promise<void> {
    for (const changeId of changeIds) this.#removed.add(changeId);
  }

  /** Adds writes of the audit store to this transaction. @throws TargetSystemError when the transaction would have too many writes */
  include(writes: readonly TransactionWrite[]): void {
    this.#included.push(...writes);
    this.#requireRoom();
  }

  /** Sends everything. @throws TargetSystemError when nothing was written; after any other error the writes may have happened */
  async commit(): Promise<void> {
    this.attempt.check();
    const own = this.#own();
    const writes = [...own, ...this.#writes];
    if (writes.length > 0) await commitWrites(this.#location.calls, this.#parts, writes, randomUUID());
  }

  #requireRoom(): void {
    const own = this.#own().length;
    if (own + this.#writes.length > MOST_WRITES) throw tooManyWrites(this.#parts, this.#writes.length, own);
  }

  #own(): TransactionWrite[] {
    const change = { fence: this.#fence, write: [...this.#markers.values()], remove: [...this.#removed] };
    const touched = change.fence || change.write.length > 0 || change.remove.length > 0;
    return [
      ...this.#included,
      ...(touched ? [{ Update: changingMarkers(this.#location.table, this.#parts.scope, change) }] : []),
    ];
  }
}

const MOST_TRIES = 4;
const PAUSE_MS = 200;

/**
 * Sends a transaction; sends it again when there was no answer. DynamoDB recognizes it by its token and does not do it twice.
 *
 * @throws TargetSystemError when DynamoDB cancelled it, or the error of the last try: then it may have happened
 */
async function commitWrites(
  calls: OwnCalls,
  parts: AttemptParts,
  writes: readonly TransactionWrite[],
  token: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    parts.scope.guard();
    try {
      return await calls.transact(writes, token);
    } catch (error) {
      const reasons = cancellationReasons(error);
      if (reasons) throw cancelled(parts, writes, reasons, error);
      if (isAnswered(error) || tries === MOST_TRIES) throw error;
    }
    await sleep(PAUSE_MS * tries);
  }
}

/** How many writes a change may have beside the marker's item. */
const LEFT_BESIDE_MARKER = MOST_WRITES - 1;

/**
 * How many writes a change may have when the audit is written with it: that takes one item for the end of the chain, and two each for
 * the end of this change and for the start of the next one.
 */
const LEFT_BESIDE_AUDIT = MOST_WRITES - 5;

/** Says that the change has more writes than any transaction takes. Nothing was sent. */
function tooManyForAny(parts: AttemptParts, writes: number): TargetSystemError {
  const left = `${LEFT_BESIDE_MARKER} are left for the change, or ${LEFT_BESIDE_AUDIT} where the audit store has the same client`;
  return tooMany(parts, `${writes} writes or more`, `some of them Flamingock's: ${left}`);
}

/** Says that the writes are too many together with what Flamingock writes with them. Nothing was sent. */
function tooManyWrites(parts: AttemptParts, writes: number, own: number): TargetSystemError {
  const left = MOST_WRITES - own;
  const also = left > LEFT_BESIDE_AUDIT ? `, ${LEFT_BESIDE_AUDIT} where another change follows it` : '';
  const room = `${left} are left for the change${also}`;
  return tooMany(parts, `${writes} writes`, `${own} of them Flamingock's: ${room}`);
}

function tooMany({ scope, targetId }: AttemptParts, writes: string, taken: string): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' has ${writes} for one transaction on target system '${targetId}', but DynamoDB takes ` +
      `${MOST_WRITES}, ${taken}; nothing was written.`,
    {
      fix: [
        'make several changes of it',
        'or say transactional: false in @Change, with a @Rollback, and write in batches',
      ],
    },
  );
}

/** Says which writes made DynamoDB cancel the transaction. */
export function cancelled(
  { scope, targetId }: AttemptParts,
  writes: readonly TransactionWrite[],
  reasons: readonly CancellationReason[],
  cause: unknown,
): TargetSystemError {
  const blamed = reasons.flatMap(({ Code = 'None', Message = '' }, index) =>
    Code === 'None' ? [] : [`${describeWrite(writes[index])}: ${Code}${Message ? ` (${Message})` : ''}`],
  );
  return new TargetSystemError(
    `DynamoDB cancelled the transaction of change '${scope.changeId}' on target system '${targetId}'; nothing of it was written: ${blamed.join('; ')}`,
    {
      cause,
      fix: [
        'look at the items of those tables: what the change demands of them, or DynamoDB of the write, does not hold',
        'then correct the items, or the change, and start again',
      ],
    },
  );
}

function describeWrite(write: TransactionWrite = {}): string {
  const [[command, input] = ['a write', undefined]] = Object.entries(write);
  return describeRequest({ command, input });
}
