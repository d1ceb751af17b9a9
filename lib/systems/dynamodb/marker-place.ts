import { TargetSystemError } from '../../core/errors.js';
import { isMissingTable } from './aws-errors.js';
import { type MarkerItem, markerItemOf } from './marker-item.js';
import type { OwnCalls } from './own-calls.js';

/** Where the fences and markers of a target system are. */
export interface MarkerPlace {
  readonly calls: OwnCalls;
  readonly targetId: string;
  readonly table: string;
}

/** Undefined where the markers of the namespace were never opened. */
export async function readMarkerItem(
  { calls, table }: MarkerPlace,
  namespace: string,
): Promise<MarkerItem | undefined> {
  try {
    const item = await calls.get(table, { namespace });
    return item && markerItemOf(item);
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

export function notOpened({ targetId, table }: MarkerPlace, namespace: string): TargetSystemError {
  return new TargetSystemError(
    `Table '${table}' of target system '${targetId}' has no item for namespace '${namespace}': its markers were not opened.`,
    { fix: ['await markers(namespace).open() first'] },
  );
}
