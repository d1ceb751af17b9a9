import type { ChainIdentity } from '../../../core/model/audit-store.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import { isMissingTable } from '../connection/aws-errors.js';
import type { OwnCalls } from '../connection/own-calls.js';
import { type MarkerItem, markerItemOf, markerKey } from './marker-item.js';

/** Where a target system keeps its fences and markers. */
export interface MarkerLocation {
  readonly calls: OwnCalls;
  readonly targetId: string;
  readonly table: string;
  /** The first brings a chain's item from version 1 to 2, the second from 2 to 3, and so on. Each may run twice without harm. */
  readonly upgrades: readonly ((location: MarkerLocation, chain: ChainIdentity) => Promise<void>)[];
}

/** Empty: items have not changed since 1.0. */
export const MARKER_UPGRADES: MarkerLocation['upgrades'] = [];

/** The version of the items that this library writes. */
export function markerVersion({ upgrades }: Pick<MarkerLocation, 'upgrades'>): number {
  return upgrades.length + 1;
}

/**
 * Reads the item of a chain; undefined when its markers were never opened.
 *
 * @throws TargetSystemError when the item is of a newer version
 */
export async function readMarkerItem(
  location: MarkerLocation,
  chain: ChainIdentity,
): Promise<MarkerItem | undefined> {
  const item = await unlessMissing(location.calls.get(location.table, markerKey(chain)));
  const found = item && markerItemOf(item);
  if (found && found.tablesVersion > markerVersion(location))
    throw newerItem(location, chain, found.tablesVersion);
  return found;
}

/** The result of `reading`; undefined when the table does not exist. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isMissingTable(error)) return undefined;
    throw error;
  });
}

/** Says that the chain's item is missing. */
export function notOpened(
  { targetId, table }: MarkerLocation,
  { namespace }: ChainIdentity,
): TargetSystemError {
  return new TargetSystemError(
    `Table '${table}' of target system '${targetId}' has no item for namespace '${namespace}': its markers were not opened.`,
    { fix: ['await markers(chain).open() first'] },
  );
}

/** Says that a newer version of this library has written the item. */
function newerItem(location: MarkerLocation, { namespace }: ChainIdentity, found: number): TargetSystemError {
  const { targetId, table } = location;
  return new TargetSystemError(
    `Namespace '${namespace}' in table '${table}' of target system '${targetId}' has version ${found}; this version of nestjs-flamingock knows version ${markerVersion(location)}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this table already'] },
  );
}
