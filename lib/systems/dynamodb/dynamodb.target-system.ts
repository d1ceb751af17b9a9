import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { injectableTarget } from '../../core/kit/injectable.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/model/target-system.js';
import { asOwn, OwnCalls } from './connection/own-calls.js';
import { type AttemptParts, clientsOf, DynamoDbAttempt, guardedClient } from './guard/dynamodb-attempt.js';
import { MARKER_UPGRADES, type MarkerLocation } from './target/marker-location.js';
import { DynamoDbMarkerStore } from './target/marker-store.js';
import { type TransactionWrite, TransactionWriter } from './target/transaction-writer.js';
import { DynamoDbTransaction } from './target/transaction.js';

/** How a DynamoDB target system keeps its own small table. */
export interface DynamoDbTargetSystemOptions {
  /** Create the table when it is missing. When false, the error about a missing table contains its definition. @default true */
  readonly createTables?: boolean;
  /**
   * Table of the fencing tokens and of the markers that are committed together with the effect of a change. Not needed
   * when the audit store has the same client.
   * @default 'flamingock_marker'
   */
  readonly markerTable?: string;
}

/**
 * DynamoDB, through the AWS SDK's document client.
 *
 * A change reads through the `DynamoDBDocumentClient` (its main client) and gives its writes to the `TransactionWriter`, which
 * sends them in one `TransactWriteItems` when the change has returned: up to 100, with what Flamingock adds.
 * A write through the document client itself, also by a service that the change got in its constructor, would not
 * be part of that: it is refused and fails the change, unless the change says `outsideTransaction: 'allow'`.
 * With `transactional: false`, the client writes as usual, and the writer sends each write at once.
 * Not noticed: another `DynamoDBClient`, and code that has lost the asynchronous context of the change.
 *
 * With the client of the audit store, the effect of a change and its record are one commit.
 */
export class DynamoDbTargetSystem implements TransactionalTargetSystem {
  readonly kind = 'dynamodb';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  readonly resource: DynamoDBDocumentClient;
  readonly #location: MarkerLocation;
  readonly #mayCreate: boolean;

  /**
   * @param id - the name that changes give in `targetSystem`
   * @param client - the app's client; the target system does not destroy it
   */
  constructor(
    readonly id: string,
    client: DynamoDBDocumentClient,
    options: DynamoDbTargetSystemOptions = {},
  ) {
    const { createTables = true, markerTable = 'flamingock_marker' } = options;
    this.resource = client;
    const calls = new OwnCalls(client);
    this.#location = { calls, targetId: id, table: markerTable, upgrades: MARKER_UPGRADES };
    this.#mayCreate = createTables;
  }

  /** A target system whose client comes from the container. @param token - default: the class DynamoDBDocumentClient */
  static readonly inject = injectableTarget(
    DynamoDbTargetSystem,
    'DynamoDbTargetSystem',
    DynamoDBDocumentClient,
  );

  clients(): Clients {
    return clientsOf(this.resource, Object.create(TransactionWriter.prototype) as TransactionWriter);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const { id: targetId, resource: client } = this;
    return runConnected({ client, targetId, scope, inTransaction: false }, work);
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    const { id: targetId, resource: client } = this;
    const transaction = new DynamoDbTransaction(this.#location, {
      client,
      targetId,
      scope,
      inTransaction: true,
    });
    const result = await transaction.attempt.run(() => work(transaction));
    await transaction.commit();
    return result;
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new DynamoDbMarkerStore(this.#location, chain, this.#mayCreate);
  }
}

/** Gives `work` clients outside any transaction, until it ends. The writer among them sends each write at once. */
function runConnected<T>(parts: AttemptParts, work: (clients: Clients) => Promise<T>): Promise<T> {
  const attempt = new DynamoDbAttempt(parts);
  const take = (write: TransactionWrite): Promise<void> =>
    attempt.gate.perform('a write by TransactionWriter', async () => {
      await asOwn(() => parts.client.send(new TransactWriteCommand({ TransactItems: [write] })));
    });
  const clients = clientsOf(guardedClient(attempt), new TransactionWriter({ pending: [], take }));
  return attempt.run(() => work(clients));
}
