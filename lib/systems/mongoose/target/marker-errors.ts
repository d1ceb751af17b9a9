import { TargetSystemError } from '../../../core/model/errors.js';
import { messageOf } from '../../../core/kit/text.js';
import { isMongoError, isNotPrimary } from '../connection/mongo-errors.js';
import { UNINITIATED } from '../connection/standalone.js';
import { ONLY_LOOK, READ_ONLY_FIX } from '../store/store-errors.js';

/** The names of a target system's two collections. */
export interface MarkerNames {
  readonly markerCollection: string;
  readonly fenceCollection: string;
}

/** The two collections, and the target system that they belong to. */
export interface MarkerCollections {
  readonly targetId: string;
  readonly names: MarkerNames;
}

/** Says that the collections are missing and that this process cannot create them. */
export function markersMissing(collections: MarkerCollections, cause: unknown): TargetSystemError {
  return new TargetSystemError(`${nameOf(collections)} cannot be created: ${messageOf(cause)}`, {
    cause,
    fix: [`let a database administrator run in mongosh: ${commands(collections)}`, rights(collections)],
  });
}

/** Says that a newer version of this library has upgraded the collections. */
export function newerMarkers(
  collections: MarkerCollections,
  found: number,
  known: number,
): TargetSystemError {
  return new TargetSystemError(
    `${nameOf(collections)} have version ${found}; this version of nestjs-flamingock knows version ${known}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used these collections already'] },
  );
}

/**
 * Explains why the server refused a command on the collections. Returns other errors as they are.
 *
 * @param exist - true when the collections are known to exist
 */
export function markersRefused(collections: MarkerCollections, cause: unknown, exist: boolean): unknown {
  const { targetId } = collections;
  if (isMongoError(cause, 'uninitiated'))
    return new TargetSystemError(`The target system '${targetId}' cannot be used: ${UNINITIATED.problem}`, {
      cause,
      fix: UNINITIATED.fix,
    });
  if (isNotPrimary(cause))
    return new TargetSystemError(`${nameOf(collections)} cannot be written: ${messageOf(cause)}`, {
      cause,
      fix: READ_ONLY_FIX,
    });
  return isMongoError(cause, 'unauthorized') ? denied(collections, cause, exist) : cause;
}

function denied(collections: MarkerCollections, cause: unknown, exist: boolean): TargetSystemError {
  return new TargetSystemError(`${nameOf(collections)} may not be used by this app: ${messageOf(cause)}`, {
    cause,
    fix: [
      rights(collections),
      exist
        ? ONLY_LOOK
        : `if they do not exist yet, let a database administrator run in mongosh: ${commands(collections)}`,
    ],
  });
}

function nameOf({ targetId, names: { markerCollection, fenceCollection } }: MarkerCollections): string {
  return `The collections ${markerCollection} and ${fenceCollection} of target system '${targetId}'`;
}

function commands({ names: { markerCollection, fenceCollection } }: MarkerCollections): string {
  return `db.createCollection('${markerCollection}'); db.createCollection('${fenceCollection}')`;
}

function rights({ names: { markerCollection, fenceCollection } }: MarkerCollections): string {
  return `grant the app's user find, insert, update and remove on ${markerCollection} and ${fenceCollection}`;
}
