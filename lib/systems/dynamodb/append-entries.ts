import { randomUUID } from 'node:crypto';
import type { Append } from '../../core/append-refusals.js';
import { demandEnd } from '../../core/audit-head.js';
import { AppendRefusedError } from '../../core/errors.js';
import { cancellationReasons } from './aws-errors.js';
import { checkEntries } from './check-entries.js';
import type { DynamoDbTransaction } from './dynamodb-transaction.js';
import { entryWrites } from './entry-writes.js';
import { advancing, readHead } from './head.js';
import type { StorePlace } from './store-place.js';
import { MOST_WRITES, type TransactionWrite } from './transaction-writer.js';

/** DynamoDB takes no more in one transaction. */
const MOST_BYTES = 4 * 1024 * 1024;

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
  const writes = entryWrites(place, entries);
  // A request that is much larger is not answered at all: its connection is closed.
  if (bytesOf(writes) > MOST_BYTES) throw tooLarge(entries);
  return [{ Update: advancing(place, fence, { seq: first.seq - 1 }, last) }, ...writes];
}

/** Of what is long in them: texts, and the parts of texts that were taken out. */
function bytesOf(writes: readonly TransactionWrite[]): number {
  const values = writes.flatMap(({ Put }) => Object.values<unknown>(Put?.Item ?? {}));
  return values.reduce<number>((sum, value) => {
    const isLong = typeof value === 'string' || value instanceof Uint8Array;
    return sum + (isLong ? Buffer.byteLength(value) : 0);
  }, 0);
}

async function demandHead(place: StorePlace, append: Append): Promise<void> {
  demandEnd(await readHead(place), append, 'audit table');
}

function tooLarge(entries: Append['entries']): AppendRefusedError {
  return new AppendRefusedError(
    `Audit entry ${entries.map(({ seq }) => seq).join(', ')} is larger than the 4 MB that one transaction of DynamoDB takes; nothing was written`,
    { fix: ['shorten what the change puts into it: the text of its error, description, metadata'] },
  );
}

function tooMany({ entries }: Append): AppendRefusedError {
  return new AppendRefusedError(
    `${entries.length} audit entries are too many for one transaction of DynamoDB; nothing was written`,
    { fix: ['append at most 49 at once, fewer with very long texts'] },
  );
}
