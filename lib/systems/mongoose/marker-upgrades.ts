import type { mongo } from 'mongoose';
import { TargetSystemError } from '../../core/errors.js';
import type { FenceDocument, MarkerNames } from './marker-documents.js';
import { COLLECTION_OPTIONS } from './store-collections.js';

/** What brings the collections of a target system from one version to the next: done twice, or by two at once, it must come to the same. */
export type MarkerUpgrade = (db: mongo.Db, names: MarkerNames) => Promise<void>;

/** The first one leads from version 1 to version 2, and so on: the last version is the one that this code writes. */
export const MARKER_UPGRADES: readonly MarkerUpgrade[] = [];

/** What an upgrade works with. */
interface UpgradeParts {
  readonly targetId: string;
  readonly names: MarkerNames;
  readonly upgrades: readonly MarkerUpgrade[];
}

/**
 * Brings collections of an older version up to date, one version after the other, for all chains in them.
 *
 * @throws TargetSystemError when they are of a newer version
 */
export async function upgradeMarkers(
  db: mongo.Db,
  { targetId, names, upgrades }: UpgradeParts,
): Promise<void> {
  const known = upgrades.length + 1;
  const fences = db.collection<FenceDocument>(names.fenceCollection, COLLECTION_OPTIONS);
  const others = await fences.find({ token: { $exists: true }, version: { $ne: known } }).toArray();
  const versions = others.map(({ version }) => version);
  if (!versions.length) return;
  const newest = Math.max(...versions);
  if (newest > known) throw newerMarkers(targetId, names, newest, known);
  for (let version = Math.min(...versions); version < known; version++) {
    await upgrades[version - 1]?.(db, names);
    await fences.updateMany({ version }, { $set: { version: version + 1 } });
  }
}

function newerMarkers(
  targetId: string,
  { markerCollection, fenceCollection }: MarkerNames,
  found: number,
  known: number,
): TargetSystemError {
  return new TargetSystemError(
    `The collections ${markerCollection} and ${fenceCollection} of target system '${targetId}' have version ${found}; this version of nestjs-flamingock knows version ${known}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used these collections already'] },
  );
}
