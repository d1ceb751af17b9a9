import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../core/target-system.js';
import { witnessed } from './attempt-context.js';
import type { DynamoDbAttempt } from './dynamodb-attempt.js';
import { TransactionWriter } from './transaction-writer.js';

/** What a change can ask for; the document client is the main one. Its class is no token: TypeScript takes none with a protected constructor. */
export function clientsOf(client: DynamoDBDocumentClient, writer: TransactionWriter): Clients {
  return [
    { token: 'DynamoDBDocumentClient', instance: client },
    { token: 'TransactionWriter', instance: writer },
    { token: TransactionWriter, instance: writer },
  ];
}

/** The app's client as one attempt has it: whatever is sent by it is the attempt's, wherever the code that sends it runs. */
export function guardedClient(attempt: DynamoDbAttempt): DynamoDBDocumentClient {
  return new Proxy(attempt.client, {
    get(client, key) {
      // The client is the app's, which goes on with it.
      if (key === 'destroy') return () => undefined;
      if (key !== 'send') return Reflect.get(client, key, client) as unknown;
      return (...args: unknown[]): unknown =>
        witnessed(attempt, () => Reflect.apply(client.send, client, args) as unknown);
    },
  });
}
