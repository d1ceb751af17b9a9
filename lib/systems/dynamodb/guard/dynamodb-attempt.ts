import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientGate, type ClientGate } from '../../../core/kit/attempt-gate.js';
import { OutsideRefusals, type OutsideWords } from '../../../core/kit/outside-refusals.js';
import type { AttemptScope, Clients } from '../../../core/model/target-system.js';
import type { SdkInterceptor } from '../../aws/sdk-interceptor.js';
import { intercepted } from '../connection/own-calls.js';
import { TransactionWriter } from '../target/transaction-writer.js';
import { describeRequest, isRead, type Request } from './command-kind.js';

/**
 * What a change can ask for. The document client is the main one; its name is its token, because TypeScript takes no class with a
 * protected constructor as one.
 */
export function clientsOf(client: DynamoDBDocumentClient, writer: TransactionWriter): Clients {
  return [
    { token: 'DynamoDBDocumentClient', instance: client },
    { token: 'TransactionWriter', instance: writer },
    { token: TransactionWriter, instance: writer },
  ];
}

/** The app's client for one attempt: what it sends counts as the attempt's, even when the code has lost the asynchronous context. */
export function guardedClient(attempt: DynamoDbAttempt): DynamoDBDocumentClient {
  return new Proxy(attempt.client, {
    get(client, key) {
      // The app goes on using its client.
      if (key === 'destroy') return () => undefined;
      if (key !== 'send') return Reflect.get(client, key, client) as unknown;
      return (...args: unknown[]): unknown =>
        intercepted(attempt, () => Reflect.apply(client.send, client, args) as unknown);
    },
  });
}

/** Which attempt, on what. */
export interface AttemptParts {
  readonly client: DynamoDBDocumentClient;
  readonly targetId: string;
  readonly scope: AttemptScope;
  /** False for a change with `transactional: false`: there is no transaction that a write could go around. */
  readonly inTransaction: boolean;
}

const WORDS: OutsideWords = {
  what: 'a write',
  plural: 'writes',
  instead: [
    'take a TransactionWriter as a parameter of the method and give it the write: writer.put(…), update, delete, check',
    'or say transactional: false in @Change, with a @Rollback: for tables and indexes, and for more than 100 writes',
  ],
};

/** Decides about every request that the code of an attempt sends. */
export class DynamoDbAttempt implements SdkInterceptor {
  readonly client: DynamoDBDocumentClient;
  readonly gate: ClientGate;
  readonly #refusals: OutsideRefusals;

  readonly #parts: AttemptParts;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.client = parts.client;
    this.gate = clientGate(parts.scope, parts.targetId);
    this.#refusals = new OutsideRefusals(parts, WORDS);
  }

  /** Runs the code of the attempt. When it has ended, every request is refused, and those in flight are awaited. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.gate.during(() => intercepted(this, work));
  }

  /** Sends a request, or throws what the gate or `OutsideRefusals.admit` throws. */
  admit<T>(request: Request, send: () => Promise<T>): Promise<T> {
    const call = describeRequest(request);
    return this.#parts.inTransaction && !isRead(request)
      ? this.#refusals.admit(this.gate, call, send)
      : this.gate.perform(call, send);
  }

  /** @throws OutsideTransactionError when a write was refused, even if the change has caught that error */
  check(): void {
    this.#refusals.check();
  }
}
