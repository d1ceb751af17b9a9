import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { wrapError } from '../../../core/kit/wrap-error.js';
import { messageOf } from '../../../core/kit/text.js';
import { isConditionFailed, isMissingTable, isRefused } from '../connection/aws-errors.js';
import type { OwnCalls } from '../connection/own-calls.js';
import { createTable } from '../connection/tables.js';
import { emptyItem, readHead, upgraded } from './head.js';
import { storeFailed, tableMissing } from './store-errors.js';
import { type StoreLocation, storeVersion } from './store-location.js';
import { requireKnownVersion } from './summary.js';

/**
 * Creates the table where it is missing, and brings the items of the namespace up to date.
 *
 * @throws AuditStoreError with what to run for whoever may create the table, or what the SDK says
 */
export async function openStore(
  location: StoreLocation,
  definition: CreateTableCommandInput,
  mayCreate: boolean,
): Promise<void> {
  try {
    return await openNamespace(location);
  } catch (error) {
    if (!isMissingTable(error)) throw error;
  }
  if (!mayCreate) throw tableMissing(definition, 'createTables is false');
  await create(location.calls, definition);
  const failed = (error: unknown) => storeFailed(definition, 'cannot be opened', error, true);
  await wrapError(() => openNamespace(location), failed);
}

async function create(calls: OwnCalls, definition: CreateTableCommandInput): Promise<void> {
  try {
    await createTable(calls, definition);
  } catch (error) {
    throw isRefused(error)
      ? tableMissing(definition, `cannot be created: ${messageOf(error)}`, error)
      : storeFailed(definition, 'cannot be created', error);
  }
}

/**
 * Makes the items of a namespace, or brings those of an older version up to date, one version after the other. Replicas
 * may race: the slower one finds it done.
 *
 * @throws AuditStoreError when they are of a newer version, or what the SDK says
 */
export async function openNamespace(location: StoreLocation): Promise<void> {
  const { calls, table } = location;
  const head = await readHead(location);
  if (!head) return calls.putOnce(table, emptyItem(location), 'pk');
  requireKnownVersion(location, head);
  for (let { version } = head; version < storeVersion(location); version++) {
    await location.upgrades[version - 1]?.(location);
    await calls.update(upgraded(location, version)).catch((error: unknown) => {
      if (!isConditionFailed(error)) throw error;
    });
  }
}
