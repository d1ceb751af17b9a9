import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientGate, type ClientGate } from '../../core/client-gate.js';
import { OutsideRefusals, type OutsideWords } from '../../core/outside-refusals.js';
import type { SdkWitness } from '../../core/sdk-witness.js';
import type { AttemptScope } from '../../core/target-system.js';
import { describeRequest, isRead, type Request } from './command-kind.js';

/** Which attempt, on what. */
export interface AttemptParts {
  readonly client: DynamoDBDocumentClient;
  readonly targetId: string;
  readonly scope: AttemptScope;
  /** False for a plain change: there is no transaction that a write could go around. */
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

/** Judges every request that the code of an attempt sends. */
export class DynamoDbAttempt implements SdkWitness {
  readonly client: DynamoDBDocumentClient;
  readonly gate: ClientGate;
  readonly #refusals: OutsideRefusals;

  constructor(private readonly parts: AttemptParts) {
    this.client = parts.client;
    this.gate = clientGate(parts.scope, parts.targetId);
    this.#refusals = new OutsideRefusals(parts, WORDS);
  }

  async admit<T>(request: Request, send: () => Promise<T>): Promise<T> {
    const call = describeRequest(request);
    this.gate.pass(call);
    const { inTransaction, scope } = this.parts;
    if (inTransaction && scope.outsideTransaction === 'fail' && !isRead(request))
      throw this.#refusals.refuse(call);
    return this.gate.perform(call, send);
  }

  /** @throws OutsideTransactionError when a write was refused, even if the change has caught that error */
  check(): void {
    this.#refusals.check();
  }
}
