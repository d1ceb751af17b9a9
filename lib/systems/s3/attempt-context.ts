import { AsyncLocalStorage } from 'node:async_hooks';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Call } from './command-kind.js';

/** An attempt that has a say in what its code sends through a client. */
export interface Witness {
  readonly client: S3Client;
  /** Lets `send` happen, or throws. */
  admit<T>(call: S3Call, send: () => Promise<T>): Promise<T>;
}

type Stack = S3Client['middlewareStack'];

const current = new AsyncLocalStorage<Witness | undefined>();
const watched = new WeakSet<Stack>();

/**
 * Runs the code of an attempt so that every call that it sends is admitted by the attempt, also through the client that a
 * service of the app holds: the asynchronous context tells whose it is. Not seen: another client, and code whose context
 * was lost.
 */
export function witnessed<T>(witness: Witness, work: () => T): T {
  watch(witness.client.middlewareStack);
  return current.run(witness, work);
}

/** Runs what this library sends itself, beside any attempt. */
export function asOwn<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** It stays: a promise that an attempt forgot is still told apart after its end. For everybody else it costs a look at the context. */
function watch(stack: Stack): void {
  if (watched.has(stack)) return;
  watched.add(stack);
  stack.add(
    (next, { commandName = 'a call' }) =>
      async (args) => {
        const witness = current.getStore();
        if (witness?.client.middlewareStack !== stack) return next(args);
        return witness.admit({ command: commandName, input: args.input }, () => next(args));
      },
    { step: 'initialize', priority: 'high', name: 'flamingockWitness', override: true },
  );
}
