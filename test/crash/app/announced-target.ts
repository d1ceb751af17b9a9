import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { ChainIdentity } from '../../../lib/core/model/audit-store.js';
import type {
  AttemptScope,
  Clients,
  KnownFence,
  Marker,
  MarkerStore,
  TargetFence,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../../lib/core/model/target-system.js';
import type { Announcer } from './steps.js';

/** A transactional target system that announces its commits and what is done to its markers. */
export class AnnouncedTarget implements TransactionalTargetSystem {
  readonly id: string;
  readonly kind: string;
  readonly transactional = true;
  readonly resource: unknown;
  readonly commitsImplicitly: boolean;

  constructor(
    private readonly target: TransactionalTargetSystem,
    private readonly steps: Announcer,
  ) {
    this.id = target.id;
    this.kind = target.kind;
    this.resource = target.resource;
    this.commitsImplicitly = target.commitsImplicitly;
  }

  clients(): Clients {
    return this.target.clients();
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return this.target.connect(scope, work);
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    const result = await this.target.transaction(scope, async (transaction) => {
      const value = await work(new AnnouncedTransaction(transaction, this.steps, scope.changeId));
      await this.steps.at(`before commit ${scope.changeId}`);
      return value;
    });
    await this.steps.at(`after commit ${scope.changeId}`);
    return result;
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new AnnouncedMarkers(this.target.markers(chain), this.steps, this.id);
  }
}

class AnnouncedTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly session: unknown;

  constructor(
    private readonly transaction: TargetTransaction,
    private readonly steps: Announcer,
    private readonly changeId: string,
  ) {
    this.clients = transaction.clients;
    this.session = transaction.session;
  }

  seal(): Promise<{ readonly brokenOpen: boolean }> {
    return this.transaction.seal();
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    await this.steps.at(`before fence for ${this.changeId}`);
    return this.transaction.raiseFence(token, witness);
  }

  writeMarker(marker: Marker): Promise<void> {
    return this.transaction.writeMarker(marker);
  }

  removeMarkers(changeIds: readonly string[]): Promise<void> {
    return this.transaction.removeMarkers(changeIds);
  }
}

class AnnouncedMarkers implements MarkerStore {
  constructor(
    private readonly markers: MarkerStore,
    private readonly steps: Announcer,
    private readonly target: string,
  ) {}

  open(): Promise<void> {
    return this.markers.open();
  }

  read(): Promise<readonly Marker[]> {
    return this.markers.read();
  }

  fences(): Promise<readonly KnownFence[]> {
    return this.markers.fences();
  }

  forget(): Promise<void> {
    return this.markers.forget();
  }

  async raiseFence(token: number): Promise<TargetFence> {
    await this.steps.at(`before fence of ${this.target}`);
    const raised = await this.markers.raiseFence(token);
    await this.steps.at(`after fence of ${this.target}`);
    return raised;
  }

  async remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    await this.steps.at(`before markers of ${this.target} go`);
    await this.markers.remove(changeIds, token, witness);
    await this.steps.at(`after markers of ${this.target} go`);
  }
}
