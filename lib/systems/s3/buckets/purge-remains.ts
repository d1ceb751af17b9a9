import {
  DeleteObjectsCommand,
  type ListObjectVersionsCommandOutput,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import type { S3Session } from '../s3-session.js';

/**
 * Removes from a bucket what nobody sees any more: versions that were replaced or deleted, delete markers and copies that
 * were kept for putting back. What can still be seen stays, and then S3 refuses to delete the bucket.
 */
export async function purgeRemains(session: S3Session, Bucket: string): Promise<void> {
  const { client } = session;
  let markers: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (markers) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, ...markers }),
    );
    const Objects = remainsIn(session, page);
    if (Objects.length > 0)
      await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const { IsTruncated, NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    markers = IsTruncated ? { KeyMarker, VersionIdMarker } : undefined;
  }
}

function remainsIn(
  { undoPrefix }: S3Session,
  { Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput,
): ObjectIdentifier[] {
  const unseen = Versions.filter(({ IsLatest, Key }) => !IsLatest || Key?.startsWith(undoPrefix));
  return [...unseen, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
}
