import { randomUUID } from 'node:crypto';
import type { Append } from '../../../core/kit/base-audit-store.js';
import { requireEnd } from '../../../core/kit/watched-lease.js';
import type { AuditEntry } from '../../../core/model/audit-entry.js';
import { AppendRefusedError } from '../../../core/model/errors.js';
import { storedText } from '../connection/attribute-values.js';
import { cancellationReasons } from '../connection/aws-errors.js';
import { BY_CHANGE } from '../connection/tables.js';
import { MOST_WRITES, type TransactionWrite } from '../target/transaction-writer.js';
import type { DynamoDbTransaction } from '../target/transaction.js';
import { attributesOf, pack, partKey } from './audit-items.js';
import { advancing, readHead } from './head.js';
import { changeKey, entryKey, latestKey, type StoreLocation } from './store-location.js';

/** The limit of one transaction of DynamoDB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Appends in a transaction of its own. @throws StaleFenceError, AppendRefusedError, or what the SDK says */
export async function appendAlone(location: StoreLocation, append: Append): Promise<void> {
  const writes = writesOf(location, append);
  if (writes.length > MOST_WRITES) throw tooMany(append);
  try {
    await location.calls.transact(writes, randomUUID());
  } catch (error) {
    if (cancellationReasons(error)?.[0]?.Code === 'ConditionalCheckFailed')
      await requireHead(location, append);
    throw error;
  }
}

/** Makes the entries part of a target system's transaction, which checks the head once more when it commits. */
export async function appendWithin(
  location: StoreLocation,
  append: Append,
  transaction: DynamoDbTransaction,
): Promise<void> {
  await requireHead(location, append);
  transaction.include(writesOf(location, append));
}

function writesOf(location: StoreLocation, { entries, fence }: Append): TransactionWrite[] {
  checkEntries(entries);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return [];
  const writes = entryWrites(location, entries);
  // DynamoDB does not answer a request that is much larger: it closes the connection.
  if (bytesOf(writes) > MOST_BYTES) throw tooLarge(entries);
  return [{ Update: advancing(location, fence, { seq: first.seq - 1 }, last) }, ...writes];
}

/** Counts only what can be long: texts, and the compressed parts of texts. */
function bytesOf(writes: readonly TransactionWrite[]): number {
  const values = writes.flatMap(({ Put }) => Object.values<unknown>(Put?.Item ?? {}));
  return values.reduce<number>((sum, value) => {
    const isLong = typeof value === 'string' || value instanceof Uint8Array;
    return sum + (isLong ? Buffer.byteLength(value) : 0);
  }, 0);
}

async function requireHead(location: StoreLocation, append: Append): Promise<void> {
  requireEnd(await readHead(location), append, 'audit table');
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

/** A sort key may have 1,024 bytes, and the seq is part of it. */
const LONGEST_ID_BYTES = 1_000;

/** Finds what DynamoDB would refuse, before it is asked. @throws AppendRefusedError */
export function checkEntries(entries: readonly AuditEntry[]): void {
  for (const { changeId } of entries) {
    const bytes = Buffer.byteLength(storedText(changeId));
    if (bytes > LONGEST_ID_BYTES)
      throw new AppendRefusedError(
        `The id of change '${changeId}' has ${bytes} bytes; DynamoDB takes ${LONGEST_ID_BYTES}`,
        { fix: ['shorten the id of the change'] },
      );
  }
}

/** The items of the entries. The latest entry of each change is written twice: one query finds all latest entries. */
function entryWrites(location: StoreLocation, entries: readonly AuditEntry[]): TransactionWrite[] {
  const latest = new Map(entries.map((entry) => [entry.changeId, entry]));
  return entries.flatMap((entry) => itemWrites(location, entry, latest.get(entry.changeId) === entry));
}

function itemWrites(location: StoreLocation, entry: AuditEntry, isLatest: boolean): TransactionWrite[] {
  const { table: TableName } = location;
  const { fields, parts } = pack(attributesOf(entry));
  const changeId = storedText(entry.changeId);
  const item = { ...entryKey(location, entry.seq), [BY_CHANGE]: changeKey(changeId, entry.seq), ...fields };
  return [
    { Put: { TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
    ...(isLatest ? [{ Put: { TableName, Item: { ...latestKey(location, changeId), ...fields } } }] : []),
    ...parts.map((body, index) => ({
      Put: { TableName, Item: { ...partKey(location, entry.seq, index), body } },
    })),
  ];
}
