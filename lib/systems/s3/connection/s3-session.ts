import type { S3Client } from '@aws-sdk/client-s3';
import type { OwnWrites } from '../writes/own-writes.js';
import type { WrittenObject, ObjectState } from '../objects/object-state.js';
import type { S3Settings } from '../s3-options.js';

/** What an attempt has written so far. */
export interface AttemptWrites {
  readonly objects: OwnWrites<WrittenObject, ObjectState>;
  readonly settings: OwnWrites<unknown, unknown>;
}

/** What the recipes of `S3Buckets` work through. */
export interface S3Session extends S3Settings {
  /** Guarded by the attempt. Its errors name the call and the bucket. */
  readonly client: S3Client;
  /** Fires when the attempt has ended. */
  readonly signal: AbortSignal;
  /** Identifies the attempt. */
  readonly attemptName: string;
  /** What the attempt has written: `@Rollback` finds here what `@Apply` wrote. */
  readonly writes: AttemptWrites;
  /** The app's client, for requests that clean up after the attempt: they are sent even when it has ended. */
  readonly cleaner: S3Client;
  /** Asked right before an effect. @throws when it must not happen */
  guard(): void;
}
