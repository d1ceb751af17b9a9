import type { S3Client } from '@aws-sdk/client-s3';
import { asOwn } from './attempt-context.js';
import { interceptedClient } from './intercepted-client.js';
import type { LeftObjects } from './objects/left-objects.js';
import type { S3Attempt } from './s3-attempt.js';
import type { S3Settings } from './s3-options.js';
import { namedError } from './s3-request.error.js';

/** How long cleaning up after an attempt may take. */
const CLEAN_UP_MS = 10_000;

/** What an operation of `S3Buckets` works through. */
export interface S3Session extends S3Settings {
  /** Guarded by the attempt; its errors name call and bucket. */
  readonly client: S3Client;
  /** Fires when the attempt has ended. */
  readonly signal: AbortSignal;
  /** The same for one attempt, and for no other. */
  readonly attemptName: string;
  /** What the attempt left: the same for all the times it is given clients. */
  readonly left: LeftObjects;
  /** A client for what must be done even when the attempt has ended: taking back what it left half done. */
  readonly cleaner: S3Client;
}

/** The session of an attempt. */
export function sessionOf(
  attempt: S3Attempt,
  targetId: string,
  { attemptName, left }: Pick<S3Session, 'attemptName' | 'left'>,
  settings: S3Settings,
): S3Session {
  const { client, guarded, signal } = attempt;
  return {
    ...settings,
    signal,
    attemptName,
    left,
    client: interceptedClient(guarded, (call, options, send) =>
      send(options).catch((error: unknown) => {
        throw isCancelled(error, signal) ? (signal.reason as unknown) : namedError(error, call, targetId);
      }),
    ),
    cleaner: interceptedClient(client, (_call, options, send) =>
      asOwn(() => send({ ...options, abortSignal: AbortSignal.timeout(CLEAN_UP_MS) })),
    ),
  };
}

function isCancelled(error: unknown, { aborted }: AbortSignal): boolean {
  return aborted && error instanceof Error && error.name === 'AbortError';
}
