import { randomUUID } from 'node:crypto';
import type { ChainHead } from '../../core/audit-entry.js';
import type { Clients, Marker, TargetTransaction } from '../../core/target-system.js';
import { clientsOf, guardedClient } from './attempt-clients.js';
import { commitWrites } from './commit-writes.js';
import { type AttemptParts, DynamoDbAttempt } from './dynamodb-attempt.js';
import { changingMarkers, type MarkerChange } from './marker-item.js';
import { type MarkerPlace, notOpened, readMarkerItem } from './marker-place.js';
import { LEFT_BESIDE_MARKER, tooManyForAny, tooManyWrites } from './transaction-errors.js';
import { MOST_WRITES, type TransactionWrite, TransactionWriter } from './transaction-writer.js';

/**
 * The transaction of an attempt: everything is collected, and sent as one request at the end.
 *
 * DynamoDB locks nothing meanwhile. What was read to decide (fence, lease, end of the chain) is demanded once more in
 * the same request, so that it fails as a whole when somebody was faster.
 */
export class DynamoDbTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly attempt: DynamoDbAttempt;
  readonly #writes: TransactionWrite[] = [];
  readonly #included: TransactionWrite[] = [];
  #fence: MarkerChange['fence'];
  readonly #markers = new Map<string, Marker>();
  readonly #removed = new Set<string>();

  constructor(
    private readonly place: MarkerPlace,
    private readonly parts: AttemptParts,
  ) {
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
    const { scope } = this.parts;
    const item = await readMarkerItem(this.place, scope);
    if (!item) throw notOpened(this.place, scope);
    if (item.token > token) return false;
    this.#fence = { token, version: item.version, witness };
    return true;
  }

  async writeMarker(marker: Marker): Promise<void> {
    this.#markers.set(marker.changeId, marker);
    this.#demandRoom();
  }

  async removeMarkers(changeIds: readonly string[]): Promise<void> {
    for (const changeId of changeIds) this.#removed.add(changeId);
  }

  /** Makes writes of the audit store part of this transaction. @throws TargetSystemError when they are too many together */
  include(writes: readonly TransactionWrite[]): void {
    this.#included.push(...writes);
    this.#demandRoom();
  }

  /** Sends everything. @throws whatever leaves it open whether it was done */
  async commit(): Promise<void> {
    this.attempt.check();
    const own = this.#own();
    const writes = [...own, ...this.#writes];
    if (writes.length > 0) await commitWrites(this.place.calls, this.parts, writes, randomUUID());
  }

  #demandRoom(): void {
    const own = this.#own().length;
    if (own + this.#writes.length > MOST_WRITES) throw tooManyWrites(this.parts, this.#writes.length, own);
  }

  #own(): TransactionWrite[] {
    const change = { fence: this.#fence, write: [...this.#markers.values()], remove: [...this.#removed] };
    const touched = change.fence || change.write.length > 0 || change.remove.length > 0;
    return [
      ...this.#included,
      ...(touched ? [{ Update: changingMarkers(this.place.table, this.parts.scope, change) }] : []),
    ];
  }
}
