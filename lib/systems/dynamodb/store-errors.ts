import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { AuditStoreError } from '../../core/errors.js';
import { messageOf } from '../../core/error-text.js';
import { isMissingRight } from './aws-errors.js';
import { createCommand } from './definition-text.js';
import { type StorePlace, storeVersion } from './store-place.js';

/** The table is missing and may not, or cannot, be created by us. */
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
export function newerItems(place: StorePlace, found: number): AuditStoreError {
  const { table, namespace } = place;
  return new AuditStoreError(
    `Namespace '${namespace}' in table '${table}' of the audit store has version ${found}; this version of nestjs-flamingock knows version ${storeVersion(place)}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this table already'] },
  );
}

/**
 * DynamoDB was asked and did not do it.
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
        ? [
            grants(definition),
            exists
              ? "or only look, without a lock and without a write: onBootstrap: 'check', or FLAMINGOCK_ON_BOOTSTRAP=check"
              : `if the table does not exist yet, let somebody who may execute:\n${createCommand(definition)}`,
          ]
        : ['make DynamoDB reachable with the credentials and the region of the client, then start again'],
    },
  );
}

function grants({ TableName }: CreateTableCommandInput): string {
  return (
    `allow the app's role dynamodb:GetItem, Query, PutItem and UpdateItem on table/${TableName} and on ` +
    `table/${TableName}/index/*`
  );
}
