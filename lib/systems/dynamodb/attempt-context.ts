import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A request that is about to be sent. */
export interface Request {
  /** The SDK's name of the command: `PutItemCommand`. */
  readonly command: string;
  readonly input: unknown;
}

/** An attempt that has a say in what its code sends through a client. */
export interface Witness {
  readonly client: DynamoDBDocumentClient;
  /** Lets `send` happen, or throws. */
  admit<T>(request: Request, send: () => Promise<T>): Promise<T>;
}

type Stack = DynamoDBDocumentClient['middlewareStack'];

const current = new AsyncLocalStorage<Witness | undefined>();
const watched = new WeakSet<Stack>();

/**
 * Runs the code of an attempt so that every request that it sends is admitted by the attempt, also through the client
 * that a service of the app holds.
 *
 * The document client and the `DynamoDBClient` below it have one stack of middleware, where a request is seen; the
 * asynchronous context tells whose it is. Not seen: another client, and code whose context was lost.
 */
export function witnessed<T>(witness: Witness, work: () => T): T {
  watch(witness.client.middlewareStack);
  return current.run(witness, work);
}

/** Runs what this library sends itself, within an attempt or not. */
export function asOwn<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** It stays: a promise that an attempt forgot is still told apart after its end. For everybody else it costs a look at the context. */
function watch(stack: Stack): void {
  if (watched.has(stack)) return;
  watched.add(stack);
  stack.add(
    (next, { commandName = 'a request' }) =>
      async (args) => {
        const witness = current.getStore();
        if (witness?.client.middlewareStack !== stack) return next(args);
        return witness.admit({ command: commandName, input: args.input }, () => next(args));
      },
    { step: 'initialize', priority: 'high', name: 'flamingockWitness', override: true },
  );
}
