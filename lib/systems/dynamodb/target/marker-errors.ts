import { TargetSystemError } from '../../../core/model/errors.js';
import { messageOf } from '../../../core/kit/text.js';
import { isLimited, isMissingRight } from '../connection/aws-errors.js';
import { createCommand, markerTable } from '../connection/tables.js';
import { ifMissing, LATER, ONLY_LOOK, REACHABLE } from '../store/store-errors.js';
import type { MarkerLocation } from './marker-location.js';

/** Says that the table does not exist and that this process may not, or cannot, create it. */
export function markersMissing(location: MarkerLocation, why: string, cause?: unknown): TargetSystemError {
  return new TargetSystemError(`${nameOf(location)} does not exist and ${why}`, {
    cause,
    fix: [
      `let somebody who may execute:\n${createCommand(markerTable(location.table))}`,
      grants(location),
      ...(cause === undefined ? ['or say createTables: true'] : []),
    ],
  });
}

/**
 * Says that DynamoDB refused or failed a request on the table.
 *
 * @param exists - true when the table is known to exist
 */
export function markersFailed(
  location: MarkerLocation,
  what: string,
  cause: unknown,
  exists = false,
): TargetSystemError {
  return new TargetSystemError(`${nameOf(location)} ${what}: ${messageOf(cause)}`, {
    cause,
    fix: isMissingRight(cause)
      ? [grants(location), exists ? ONLY_LOOK : ifMissing(markerTable(location.table))]
      : [isLimited(cause) ? LATER : REACHABLE],
  });
}

function nameOf({ table, targetId }: MarkerLocation): string {
  return `The table '${table}' for the markers of target system '${targetId}'`;
}

function grants({ table }: MarkerLocation): string {
  return `allow the app's role dynamodb:GetItem, PutItem and UpdateItem on table/${table}`;
}
