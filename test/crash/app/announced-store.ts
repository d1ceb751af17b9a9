import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  Fence,
  HistoryQuery,
  LeaseRequest,
  Settled,
} from '../../../lib/core/model/audit-store.js';
import type { Announcer } from './steps.js';

/** A store that announces what is asked of it, and that it has answered. */
export class AnnouncedStore implements AuditStore {
  readonly name: string;
  readonly namespace: string;
  readonly resource: unknown;

  constructor(
    private readonly store: AuditStore,
    private readonly steps: Announcer,
  ) {
    this.name = store.name;
    this.namespace = store.namespace;
    this.resource = store.resource;
  }

  open(): Promise<void> {
    return this.store.open();
  }

  summary(): Promise<AuditSummary> {
    return this.store.summary();
  }

  snapshot(): Promise<AuditSnapshot> {
    return this.store.snapshot();
  }

  history(query?: HistoryQuery): AsyncIterable<AuditEntry> {
    return this.store.history(query);
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    const what = entries.map(({ state, changeId }) => `${state} ${changeId}`).join(' + ');
    await this.steps.at(`before ${what}`);
    await this.store.append(entries, fence, session);
    await this.steps.at(`after ${what}`);
  }

  async acquire(request: LeaseRequest): Promise<Acquisition | null> {
    await this.steps.at('before acquire');
    const taken = await this.store.acquire(request);
    if (taken) await this.steps.at('after acquire');
    return taken;
  }

  /** Not announced: it goes by a timer, beside everything else. */
  renew(fence: Fence): Promise<boolean> {
    return this.store.renew(fence);
  }

  async release(fence: Fence, settled?: Settled): Promise<void> {
    await this.steps.at('before release');
    await this.store.release(fence, settled);
    await this.steps.at('after release');
  }

  settle(settled: Settled): Promise<void> {
    return this.store.settle(settled);
  }

  adopt(storeId: string, fence: Fence): Promise<void> {
    return this.store.adopt(storeId, fence);
  }
}
