import type { ChainIdentity } from '../../core/audit-store.js';
import { TargetSystemError } from '../../core/errors.js';
import { isMissingTable } from './aws-errors.js';
import { type MarkerItem, markerItemOf, markerKey } from './marker-item.js';
import type { OwnCalls } from './own-calls.js';

/** Where the fences and markers of a target system are. */
export interface MarkerPlace {
  readonly calls: OwnCalls;
  readonly targetId: string;
  readonly table: string;
  /** What brings the item of a chain from version 1, 2, … to the version behind it. Each does no harm when it is done twice. */
  readonly upgrades: readonly ((place: MarkerPlace, chain: ChainIdentity) => Promise<void>)[];
}

/** None yet: the items have been as they are since 1.0. */
export const MARKER_UPGRADES: MarkerPlace['upgrades'] = [];

/** That of the items which this version writes. */
export function markerVersion({ upgrades }: Pick<MarkerPlace, 'upgrades'>): number {
  return upgrades.length + 1;
}

/**
 * Undefined where the markers of the chain were never opened.
 *
 * @throws TargetSystemError when the item is of a newer version
 */
export async function readMarkerItem(
  place: MarkerPlace,
  chain: ChainIdentity,
): Promise<MarkerItem | undefined> {
  const item = await unlessMissing(place.calls.get(place.table, markerKey(chain)));
  const found = item && markerItemOf(item);
  if (found && found.tablesVersion > markerVersion(place)) throw newerItem(place, chain, found.tablesVersion);
  return found;
}

/** Undefined where the table does not exist. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isMissingTable(error)) return undefined;
    throw error;
  });
}

export function notOpened({ targetId, table }: MarkerPlace, { namespace }: ChainIdentity): TargetSystemError {
  return new TargetSystemError(
    `Table '${table}' of target system '${targetId}' has no item for namespace '${namespace}': its markers were not opened.`,
    { fix: ['await markers(chain).open() first'] },
  );
}

/** A newer version of this library has brought the item up to date. */
function newerItem(place: MarkerPlace, { namespace }: ChainIdentity, found: number): TargetSystemError {
  const { targetId, table } = place;
  return new TargetSystemError(
    `Namespace '${namespace}' in table '${table}' of target system '${targetId}' has version ${found}; this version of nestjs-flamingock knows version ${markerVersion(place)}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this table already'] },
  );
}
