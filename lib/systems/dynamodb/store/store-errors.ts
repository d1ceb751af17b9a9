import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { AuditStoreError } from '../../../core/model/errors.js';
import { messageOf } from '../../../core/kit/text.js';
import { isLimited, isMissingRight } from '../connection/aws-errors.js';
import { createCommand } from '../connection/tables.js';
import { type StoreLocation, storeVersion } from './store-location.js';

/** The table is missing, and this app cannot or may not create it. */
export function tableMissing(
  definition: CreateTableCommandInput,
  why: string,
  cause?: unknown,
): AuditStoreError {
  return new AuditStoreError(
    `The table '${definition.TableName}' of the audit store does not exist and ${why}`,
    {
      cause,
      fix: [
        `let somebody who may execute:\n${createCommand(definition)}`,
        grants(definition),
        ...(cause === undefined ? ['or say createTables: true'] : []),
      ],
    },
  );
}

/** A newer version of this library has brought the items up to date. */
export function newerItems(location: StoreLocation, found: number): AuditStoreError {
  const { table, namespace } = location;
  return new AuditStoreError(
    `Namespace '${namespace}' in table '${table}' of the audit store has version ${found}; this version of nestjs-flamingock knows version ${storeVersion(location)}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this table already'] },
  );
}

/**
 * A call to DynamoDB failed.
 *
 * @param exists - whether it is known that the table exists
 */
export function storeFailed(
  definition: CreateTableCommandInput,
  what: string,
  cause: unknown,
  exists = false,
): AuditStoreError {
  return new AuditStoreError(
    `The audit store in DynamoDB table '${definition.TableName}' ${what}: ${messageOf(cause)}`,
    {
      cause,
      fix: isMissingRight(cause)
        ? [grants(definition), exists ? ONLY_LOOK : ifMissing(definition)]
        : [isLimited(cause) ? LATER : REACHABLE],
    },
  );
}

/** A fix for an app that may not write. */
export const ONLY_LOOK =
  "or only look, without a lock and without a write: onBootstrap: 'check', or FLAMINGOCK_ON_BOOTSTRAP=check";

/** A fix for an app that reached a limit of DynamoDB. */
export const LATER = 'start again later: DynamoDB limits what it does at once, by the quotas of the account';

/** A fix for an app that got no answer. */
export const REACHABLE =
  'make DynamoDB reachable with the credentials and the region of the client, then start again';

/** A fix for an app that may not see whether the table exists. */
export function ifMissing(definition: CreateTableCommandInput): string {
  return `if the table does not exist yet, let somebody who may execute:\n${createCommand(definition)}`;
}

function grants({ TableName }: CreateTableCommandInput): string {
  return (
    `allow the app's role dynamodb:GetItem, Query, PutItem and UpdateItem on table/${TableName} and on ` +
    `table/${TableName}/index/*`
  );
}
