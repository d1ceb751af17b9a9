import { randomUUID } from 'node:crypto';
import { type PreviewedOperation, Recipes } from 'nestjs-flamingock';
import type { AttemptScope, Clients } from 'nestjs-flamingock/kit';
import type { S3Buckets, S3TargetSystem } from 'nestjs-flamingock/s3';
import { attemptScope } from '../../../../lib/testing/target-system/attempt-scope.sample.js';
import { bucketsOf } from './s3-location.js';

/** An attempt of its own. */
export function newScope(given: Partial<AttemptScope> = {}): AttemptScope {
  return attemptScope({ executionId: randomUUID(), ...given });
}

/** Does something in an attempt of its own, unless one is given. */
export function use<T>(
  target: S3TargetSystem,
  work: (buckets: S3Buckets, clients: Clients) => Promise<T>,
  scope = newScope(),
): Promise<T> {
  return target.connect(scope, (clients) => work(bucketsOf(clients), clients));
}

/** What a change would do. */
export async function preview(
  target: S3TargetSystem,
  work: (buckets: S3Buckets, clients: Clients) => Promise<unknown>,
): Promise<PreviewedOperation[]> {
  const noted: PreviewedOperation[] = [];
  await target.preview(
    newScope(),
    (operation) => noted.push(operation),
    async (clients) => void (await work(bucketsOf(clients), clients)),
  );
  return noted;
}

/** The recipes among the clients of an attempt. */
export function recipesOf(clients: Clients): Recipes {
  const found = clients.find(({ token }) => token === Recipes)?.instance;
  if (found instanceof Recipes) return found;
  throw new TypeError('the target system has no Recipes');
}

/** What a promise that must fail failed with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error('it did not fail');
}
