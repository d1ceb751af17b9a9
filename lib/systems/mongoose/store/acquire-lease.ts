import type { Acquisition, Fence, LeaseRequest, Settled } from '../../../core/model/audit-store.js';
import { isMongoError, isNotPrimary, isTransient } from '../connection/mongo-errors.js';
import { endTransaction, inOwnTransaction } from '../guard/own-transaction.js';
import { storedText } from './audit-document.js';
import { expired, fromNow, literal, ofFence, writing } from './lock-documents.js';
import type { StoreCollections } from './store-collections.js';

/**
 * Tries to take the lease, and tries once more after ending a transaction of a former holder that kept it locked.
 *
 * @returns null when another process holds the lease or is writing it
 */
export async function acquireLease(
  collections: StoreCollections,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  const first = await tryOnce(collections, request);
  if (first !== 'locked') return first;
  const second = (await endFormer(collections)) && (await tryOnce(collections, request));
  return second && second !== 'locked' ? second : null;
}

/** @returns 'locked' when a transaction that has written the lease is open */
async function tryOnce(
  { connection, lock, namespace }: StoreCollections,
  request: LeaseRequest,
): Promise<Acquisition | null | 'locked'> {
  const holder = literal(storedText(request.holder));
  const host = literal(storedText(request.host));
  try {
    return await inOwnTransaction(connection, 0, async (session) => {
      const raised = writing({ token: { $add: ['$token', 1] }, holder, host, since: '$$NOW' });
      const options = { session, returnDocument: 'after' } as const;
      const lease = await lock.findOneAndUpdate(expired(namespace, 'lease'), raised, options);
      if (!lease) throw NOT_FREE;
      const same = writing({
        token: literal(lease.token),
        holder,
        until: fromNow(request.leaseMs),
        open: '$$REMOVE',
      });
      const { matchedCount } = await lock.updateOne(expired(namespace, 'renewal'), same, { session });
      if (matchedCount === 0) throw NOT_FREE;
      return { token: lease.token, storeId: lease.storeId ?? '' };
    });
  } catch (error) {
    if (error === NOT_FREE) return null;
    // A secondary calls its refusal transient. A client that is connected to it alone would wait for ever.
    const isStuck = isNotPrimary(error) && connection.getClient().options.directConnection;
    if (isTransient(error) && !isStuck) return 'locked';
    throw error;
  }
}

/** Ends the transaction that keeps a lease locked after its end. @returns false when there is no such transaction */
async function endFormer({ connection, lock, namespace }: StoreCollections): Promise<boolean> {
  const [lease, renewal] = await Promise.all(
    (['lease', 'renewal'] as const).map((part) => lock.findOne(expired(namespace, part))),
  );
  const isFormers = renewal?.open && lease?.token === renewal.token;
  return isFormers === true && endTransaction(connection.getClient(), renewal.open);
}

/** Thrown to leave the transaction, which is then rolled back. */
const NOT_FREE = new Error('the lease is not free');

/** Makes the lease last from now on. @returns false when the lease is not that of the fence */
export async function renewLease({ lock, namespace }: StoreCollections, fence: Fence): Promise<boolean> {
  const longer = writing({ until: fromNow(fence.leaseMs) });
  const { matchedCount } = await lock.updateOne(ofFence(namespace, 'renewal', fence), longer);
  return matchedCount === 1;
}

/** Ends the lease, if it is that of the fence, and records what is settled. The token stays, so that it never repeats. */
export async function releaseLease(
  { lock, namespace }: StoreCollections,
  fence: Fence,
  settled?: Settled,
): Promise<void> {
  const over = { holder: '', until: literal(new Date(0)) };
  const written = {
    renewal: writing({ ...over, open: '$$REMOVE' }),
    lease: writing({ ...over, ...(settled && { settled: literal(settled) }) }),
  };
  // `lease` is written last, because it names the holder: in between, the holder still has the lease until the end in it.
  for (const part of ['renewal', 'lease'] as const)
    await lock.updateOne(ofFence(namespace, part, fence), written[part]);
}

/** How long recording what is settled waits for a transaction that a dead process left open, in milliseconds. */
const SETTLE_MS = 1_000;

/**
 * Records what is settled, if the chain still ends there and nobody holds the lease. While somebody holds it, this write
 * could make the transaction of a change fail with a write conflict.
 */
export async function settleFree(
  { lock, namespace }: StoreCollections,
  { seq, digests }: Settled,
): Promise<void> {
  const renewal = await lock.findOne(expired(namespace, 'renewal'));
  if (!renewal) return;
  // A process that has taken the lease since then has written another token.
  const free = { ...expired(namespace, 'lease'), token: renewal.token, 'head.seq': seq };
  try {
    await lock.updateOne(free, writing({ settled: literal({ seq, digests }) }), { maxTimeMS: SETTLE_MS });
  } catch (error) {
    if (!isMongoError(error, 'maxTimeExpired')) throw error;
  }
}

/** Gives the namespace another store id. @returns false when the lease is not that of the fence */
export async function changeStoreId(
  { lock, namespace }: StoreCollections,
  storeId: string,
  fence: Fence,
): Promise<boolean> {
  const adopted = writing({ storeId: literal(storeId), until: fromNow(fence.leaseMs) });
  const { matchedCount } = await lock.updateOne(ofFence(namespace, 'lease', fence), adopted);
  return matchedCount === 1;
}
