import type { ChainHead } from '../../core/audit-entry.js';
import type { Clients, Marker, TargetTransaction } from '../../core/target-system.js';
import { standsAlone } from './attempt-errors.js';
import { MarkerDocuments, type MarkerNames } from './marker-documents.js';
import { isMongoError } from './mongo-errors.js';
import { noteOpen } from './open-note.js';
import { asOwn } from './own-context.js';
import { DRAIN_MS, type OpenAttempt } from './run-attempt.js';

/** An open transaction, from its first command to just before its commit. */
export class MongooseTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly session: unknown;
  readonly #documents: MarkerDocuments;
  #sealed: Promise<{ readonly brokenOpen: boolean }> | undefined;

  constructor(
    private readonly open_: OpenAttempt,
    private readonly names: MarkerNames,
  ) {
    const { attempt, clients, db } = open_;
    this.clients = clients;
    this.session = attempt.session;
    this.#documents = new MarkerDocuments(db, names, attempt.place.scope, attempt.session);
  }

  /** To be called once, first of all: the first command begins the transaction at the server, and must be alone. */
  async open(): Promise<void> {
    try {
      await asOwn(() => this.#documents.fence());
    } catch (error) {
      throw isMongoError(error, 'standalone') ? standsAlone(this.open_.attempt.place, error) : error;
    }
    const { attempt, db } = this.open_;
    await asOwn(() => noteOpen(db, this.names, attempt.place.scope, attempt.session));
  }

  seal(): Promise<{ readonly brokenOpen: boolean }> {
    return (this.#sealed ??= this.#seal());
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    const raised = await asOwn(() => this.#documents.raiseFence(token, { witness }));
    return raised.token <= token;
  }

  writeMarker(marker: Marker): Promise<void> {
    return asOwn(() => this.#documents.write(marker));
  }

  removeMarkers(changeIds: readonly string[]): Promise<void> {
    return asOwn(() => this.#documents.removeAll(changeIds));
  }

  async #seal(): Promise<{ readonly brokenOpen: boolean }> {
    const { attempt } = this.open_;
    await attempt.underWay.drain(DRAIN_MS);
    attempt.close();
    attempt.check();
    return { brokenOpen: false };
  }
}
