import { S3Client } from '@aws-sdk/client-s3';
import type { OpenRecipeAttempt, RecipeAttempt } from '../../../core/kit/recipe-target-system.js';
import { attemptName } from '../../../core/kit/recipes.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import { type SdkInterceptor, sdkInterception } from '../../aws/sdk-interceptor.js';
import { WRITTEN_SETTINGS } from '../writes/bucket-settings.js';
import { describeCall, interceptedClient, isRead } from './intercepted-client.js';
import { OwnWrites } from '../writes/own-writes.js';
import { WRITTEN_OBJECTS } from '../objects/object-state.js';
import { S3Buckets } from '../s3-buckets.client.js';
import type { S3Settings } from '../s3-options.js';
import { namedError } from './s3-request.error.js';
import type { AttemptWrites, S3Session } from './s3-session.js';

/** `intercepted` runs the code of an attempt; `asOwn` runs what this library sends itself, outside any attempt. */
const { intercepted, asOwn } = sdkInterception('a call');

/** How long cleaning up after an attempt may take, in milliseconds. */
const CLEAN_UP_MS = 10_000;

/**
 * Prepares attempts on the app's client.
 *
 * @returns `open` for a RecipeTargetSystem; it remembers what the latest attempt wrote
 */
export function attemptsOn(
  client: S3Client,
  settings: S3Settings,
): (attempt: RecipeAttempt) => OpenRecipeAttempt<S3Session> {
  let latest = { name: '', writes: noWrites() };
  return (attempt) => {
    const name = attemptName(attempt.scope);
    // `@Rollback` finds what `@Apply` wrote. A preview writes nothing.
    if (!attempt.reading && name !== latest.name) latest = { name, writes: noWrites() };
    const interceptor = interceptorOf(client, attempt);
    const guarded = guardedClient(interceptor, attempt);
    const writes = attempt.reading ? noWrites() : latest.writes;
    const session: S3Session = {
      ...settings,
      writes,
      attemptName: name,
      signal: attempt.signal,
      guard: () => attempt.scope.guard(),
      client: namingClient(guarded, attempt),
      cleaner: cleaningClient(client),
    };
    return {
      session,
      clients: (perform) => [
        { token: S3Client, instance: guarded },
        { token: S3Buckets, instance: new S3Buckets(session.client, perform) },
      ],
      during: (work) => intercepted(interceptor, work),
    };
  };
}

function noWrites(): AttemptWrites {
  return { objects: new OwnWrites(WRITTEN_OBJECTS), settings: new OwnWrites(WRITTEN_SETTINGS) };
}

interface S3Interceptor extends SdkInterceptor {
  readonly client: S3Client;
}

/** Passes every call of the attempt's code through its gate, also calls through the app's own client. */
function interceptorOf(client: S3Client, { scope, targetId, reading, gate }: RecipeAttempt): S3Interceptor {
  return {
    client,
    async admit(call, send) {
      const text = describeCall(call);
      gate.pass(text);
      if (reading && !isRead(call)) throw notPreviewed(scope.changeId, targetId, text);
      return gate.perform(text, send);
    },
  };
}

/** The client that the change gets. Its calls are cancelled when the attempt ends. */
function guardedClient(interceptor: S3Interceptor, { signal }: RecipeAttempt): S3Client {
  const beside = (given: AbortSignal | undefined): AbortSignal =>
    given instanceof AbortSignal ? AbortSignal.any([signal, given]) : signal;
  return interceptedClient(interceptor.client, (_call, options, send) =>
    intercepted(interceptor, () => send({ ...options, abortSignal: beside(options.abortSignal) })),
  );
}

/** The client of `S3Buckets`. The client of `S3Buckets`. Its errors name the call, the bucket and the target system. */
function namingClient(guarded: S3Client, { signal, targetId }: RecipeAttempt): S3Client {
  return interceptedClient(guarded, (call, options, send) =>
    send(options).catch((error: unknown) => {
      throw isCancelled(error, signal) ? (signal.reason as unknown) : namedError(error, call, targetId);
    }),
  );
}

function cleaningClient(client: S3Client): S3Client {
  return interceptedClient(client, (_call, options, send) =>
    asOwn(() => send({ ...options, abortSignal: AbortSignal.timeout(CLEAN_UP_MS) })),
  );
}

function isCancelled(error: unknown, { aborted }: AbortSignal): boolean {
  return aborted && error instanceof Error && error.name === 'AbortError';
}

function notPreviewed(changeId: string, targetId: string, call: string): TargetSystemError {
  return new TargetSystemError(
    `Change '${changeId}' is only previewed, so a write to target system '${targetId}' was refused: ${call}`,
    {
      fix: ['write by S3Buckets, whose operations can be previewed', 'or accept that this change can not'],
    },
  );
}
