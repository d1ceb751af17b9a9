import { isConditionFailed } from './aws-errors.js';
import { emptyHead, readHead, upgraded } from './head.js';
import { type StorePlace, storeVersion } from './store-place.js';
import { demandKnownVersion } from './summary.js';

/**
 * Makes the items of a namespace, or brings those of an older version up to date, one version after the other. Replicas
 * may race: who comes second finds it done.
 *
 * @throws AuditStoreError when they are of a newer version, or what the SDK says
 */
export async function openNamespace(place: StorePlace): Promise<void> {
  const { calls, table } = place;
  const head = await readHead(place);
  if (!head) return calls.putOnce(table, emptyHead(place), 'pk');
  demandKnownVersion(place, head);
  for (let { version } = head; version < storeVersion(place); version++) {
    await place.upgrades[version - 1]?.(place);
    await calls.update(upgraded(place, version)).catch((error: unknown) => {
      if (!isConditionFailed(error)) throw error;
    });
  }
}
