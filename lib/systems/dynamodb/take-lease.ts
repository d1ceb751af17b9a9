import { randomUUID } from 'node:crypto';
import type { Acquisition, LeaseRequest } from '../../core/audit-store.js';
import { AuditStoreError } from '../../core/errors.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { isConditionFailed } from './aws-errors.js';
import { readHead, taking } from './head.js';
import type { StorePlace } from './store-place.js';

/**
 * Takes the lease if it was released or `watch` has seen it run out, by one conditional write: when many try at once, the
 * first one changes the item and the others are refused.
 *
 * @returns null when another holds it
 */
export async function takeLease(
  place: StorePlace,
  watch: LeaseWatch,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  const asked = watch.now();
  const seen = await readHead(place);
  if (!seen) throw notOpened(place);
  if (watch.judge(seen, asked) !== 'free') return null;
  const nonce = randomUUID();
  try {
    await place.calls.update(taking(place, seen, request, nonce));
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    // The SDK sends again what was not answered: the first time may have taken it.
    const now = await readHead(place);
    if (now?.nonce !== nonce) return null;
  }
  return { token: seen.token + 1, storeId: seen.storeId };
}

function notOpened({ table, namespace }: StorePlace): AuditStoreError {
  return new AuditStoreError(
    `The audit store has no item for namespace '${namespace}' in table '${table}': it was not opened.`,
    { fix: ['await store.open() first'] },
  );
}
