import type { Cluster, Collection } from 'couchbase';

/** Which collection of a cluster Flamingock uses. */
export interface CouchbaseCollectionOptions {
  /** The bucket in which Flamingock keeps its own documents; required with a `Cluster`. */
  readonly bucket?: string;
  /** The scope of the collection. @default '_default' */
  readonly scope?: string;
  /** The collection; it must exist. @default '_default' */
  readonly collection?: string;
}

/** The collection that the options name; undefined for a cluster without a bucket. */
export function collectionOf(
  source: Cluster | Collection,
  { bucket, scope = '_default', collection = '_default' }: CouchbaseCollectionOptions,
): Collection | undefined {
  if (!isCluster(source)) return source;
  return bucket ? source.bucket(bucket).scope(scope).collection(collection) : undefined;
}

/** `bucket.scope.collection`, for messages. */
export function pathOf({ name, scope }: Collection): string {
  return `${scope.bucket.name}.${scope.name}.${name}`;
}

/** Not `instanceof`: an app may have another copy of the SDK. */
function isCluster(source: Cluster | Collection): source is Cluster {
  return 'bucket' in source && typeof source.bucket === 'function';
}
