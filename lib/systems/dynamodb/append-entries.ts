import { randomUUID } from 'node:crypto';
import type { AuditEntry } from '../../core/audit-entry.js';
import type { Fence } from '../../core/audit-store.js';
import { AppendRefusedError, StaleFenceError } from '../../core/errors.js';
import { cancellationReasons } from './aws-errors.js';
import { checkEntries } from './check-entries.js';
import type { DynamoDbTransaction } from './dynamodb-transaction.js';
import { entryWrites } from './entry-writes.js';
import { advancing, isHeldBy, readHead } from './head.js';
import type { StorePlace } from './store-place.js';
import { MOST_WRITES, type TransactionWrite } from './transaction-writer.js';

/** A call of `append`; at least one entry. */
export interface Append {
  readonly entries: readonly AuditEntry[];
  readonly fence: Fence;
}

/** Appends in a transaction of its own. @throws StaleFenceError, AppendRefusedError, or what the SDK says */
export async function appendAlone(place: StorePlace, append: Append): Promise<void> {
  const writes = writesOf(place, append);
  if (writes.length > MOST_WRITES) throw tooMany(append);
  try {
    await place.calls.transact(writes, randomUUID());
  } catch (error) {
    if (cancellationReasons(error)?.[0]?.Code === 'ConditionalCheckFailed') await demandHead(place, append);
    throw error;
  }
}

/** Makes the entries part of a target system's transaction, where they are checked once more. */
export async function appendWithin(
  place: StorePlace,
  append: Append,
  transaction: DynamoDbTransaction,
): Promise<void> {
  await demandHead(place, append);
  transaction.include(writesOf(place, append));
}

function writesOf(place: StorePlace, { entries, fence }: Append): TransactionWrite[] {
  checkEntries(entries);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return [];
  return [{ Update: advancing(place, fence, { seq: first.seq - 1 }, last) }, ...entryWrites(place, entries)];
}

async function demandHead(place: StorePlace, { entries, fence }: Append): Promise<void> {
  const head = await readHead(place);
  if (!head || !isHeldBy(head, fence)) throw staleFence(fence);
  if (head.chain.seq !== (entries[0]?.seq ?? 0) - 1) throw notTheEnd(entries);
}

function staleFence({ token, holder }: Fence): StaleFenceError {
  return new StaleFenceError(
    `The lease with token ${token} of execution ${holder} is not the current one; nothing was written`,
  );
}

function notTheEnd(entries: readonly AuditEntry[]): AppendRefusedError {
  return new AppendRefusedError(
    `Audit entries from seq ${entries[0]?.seq} on do not continue the chain as it is; nothing was written`,
    { fix: ['let nobody write to the audit table by hand; run verifyAudit() to see whether somebody did'] },
  );
}

function tooMany({ entries }: Append): AppendRefusedError {
  return new AppendRefusedError(
    `${entries.length} audit entries are too many for one transaction of DynamoDB; nothing was written`,
    { fix: ['append at most 49 at once, fewer with very long texts'] },
  );
}
