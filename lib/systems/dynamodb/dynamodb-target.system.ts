import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/target-system.js';
import { clientsOf } from './attempt-clients.js';
import { witnessed } from './attempt-context.js';
import { DynamoDbMarkerStore } from './dynamodb-marker.store.js';
import { DynamoDbTransaction } from './dynamodb-transaction.js';
import { MARKER_UPGRADES, type MarkerPlace } from './marker-place.js';
import { OwnCalls } from './own-calls.js';
import { runConnected } from './run-connected.js';
import { TransactionWriter } from './transaction-writer.js';

/** How a DynamoDB target system keeps its own small table. */
export interface DynamoDbTargetSystemOptions {
  /** Create the table when it is missing. When false and it is, the error has its definition. @default true */
  readonly createTables?: boolean;
  /**
   * Table of the fencing tokens and of the markers that are committed together with the effect of a change. Not needed
   * where the audit store has the same client.
   * @default 'flamingock_marker'
   */
  readonly markerTable?: string;
}

/**
 * DynamoDB, by the AWS SDK's document client.
 *
 * A change reads by the `DynamoDBDocumentClient` (its main client) and hands its writes to the `TransactionWriter`, which
 * sends them in one `TransactWriteItems` when the change has returned: up to 100, with what Flamingock adds.
 * A write that is sent by the document client itself, also by a service that the change got in its constructor, would not
 * be part of that: it is refused and fails the change, unless it says `outsideTransaction: 'allow'`.
 * With `transactional: false`, the client writes as ever, and the writer sends each write at once.
 * Not noticed: another `DynamoDBClient`, and code that has lost the asynchronous context of the change.
 *
 * With the client of the audit store, the effect of a change and its record are one commit.
 */
export class DynamoDbTargetSystem implements TransactionalTargetSystem {
  readonly kind = 'dynamodb';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  readonly resource: DynamoDBDocumentClient;
  private readonly place: MarkerPlace;
  private readonly mayCreate: boolean;

  /**
   * @param id - what changes name in `targetSystem`
   * @param client - the app's; it is not destroyed here
   */
  constructor(
    readonly id: string,
    client: DynamoDBDocumentClient,
    { createTables = true, markerTable = 'flamingock_marker' }: DynamoDbTargetSystemOptions = {},
  ) {
    this.resource = client;
    const calls = new OwnCalls(client);
    this.place = { calls, targetId: id, table: markerTable, upgrades: MARKER_UPGRADES };
    this.mayCreate = createTables;
  }

  /** A target system whose client comes from the container. @param token - default: the class DynamoDBDocumentClient */
  static inject(
    id: string,
    token: InjectionTokenOf<DynamoDBDocumentClient> = DynamoDBDocumentClient,
    options?: DynamoDbTargetSystemOptions,
  ): Injected<DynamoDbTargetSystem, DynamoDBDocumentClient> {
    return {
      token,
      label: `DynamoDbTargetSystem '${id}'`,
      create: (client) => new DynamoDbTargetSystem(id, client, options),
    };
  }

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
    const transaction = new DynamoDbTransaction(this.place, { client, targetId, scope, inTransaction: true });
    const { attempt } = transaction;
    try {
      const result = await witnessed(attempt, () => work(transaction));
      attempt.gate.close();
      await transaction.commit();
      return result;
    } finally {
      attempt.gate.close();
      await attempt.gate.settled();
    }
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new DynamoDbMarkerStore(this.place, chain, this.mayCreate);
  }
}
