import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../core/target-system.js';
import { clientsOf, guardedClient } from './attempt-clients.js';
import { asOwn, witnessed } from './attempt-context.js';
import { type AttemptParts, DynamoDbAttempt } from './dynamodb-attempt.js';
import { TransactionWriter, type TransactionWrite } from './transaction-writer.js';

/** Gives `work` clients outside any transaction, guarded until it ends. A writer among them sends at once. */
export async function runConnected<T>(
  parts: AttemptParts,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  const attempt = new DynamoDbAttempt(parts);
  const take = (write: TransactionWrite): Promise<void> =>
    attempt.gate.perform('a write by TransactionWriter', async () => {
      await asOwn(() => parts.client.send(new TransactWriteCommand({ TransactItems: [write] })));
    });
  const clients = clientsOf(guardedClient(attempt), new TransactionWriter({ pending: [], take }));
  try {
    return await witnessed(attempt, () => work(clients));
  } finally {
    attempt.gate.close();
    await attempt.gate.settled();
  }
}
