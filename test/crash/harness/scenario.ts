import { writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { verifyAudit } from '../../../lib/core/engine/on-request/verify-audit.js';
import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type { AuditStore } from '../../../lib/core/model/audit-store.js';
import type { Marker } from '../../../lib/core/model/target-system.js';
import { eventually } from '../../../lib/testing/waiting.js';
import type { Action, AppSpec, ChangeSpec, Job, JobResult } from '../app/messages.js';
import { Child, killAll } from './child.js';
import { type Deployment, newNamespace } from './deployment.js';
import { idle } from './idle.js';

/**
 * The lease of a process that is going to die: what its successor has to wait for, beside others that wait. So long
 * that a busy machine does not take it from a process before it is where it is to die.
 */
export const VICTIM_LEASE_MS = 4_000;
/** Long enough that a busy machine does not cost a survivor its lease. */
export const SURVIVOR_LEASE_MS = 8_000;

const RUN: Action = { type: 'run' };

/** What a process does beside running the app of the scenario. */
export type JobOptions = Partial<Omit<Job, 'app'>> & { readonly changes?: readonly ChangeSpec[] };

/** One app, in a namespace of its own, and the processes that run it. */
export class Scenario {
  readonly namespace = newNamespace();
  readonly store: AuditStore;
  private readonly alive = new Set<Child>();
  private taken: Promise<Child> | undefined;

  constructor(
    private readonly deployment: Deployment,
    private readonly changes: readonly ChangeSpec[],
  ) {
    this.store = deployment.audit.store(this.namespace);
  }

  /** A process that has not begun anything. */
  start(name: string): Promise<Child> {
    return Child.start('worker', name, this.alive, this.deployment.specs);
  }

  job({ changes = this.changes, ...options }: JobOptions = {}): Job {
    const { namespace, deployment } = this;
    const app: AppSpec = {
      namespace,
      audit: deployment.auditSpec,
      targets: deployment.targets(namespace),
      changes,
    };
    return { app, action: RUN, host: 'survivor', leaseMs: SURVIVOR_LEASE_MS, ...options };
  }

  /** Starts a process that stays at the step. */
  async pauseAt(step: string, options: JobOptions = {}): Promise<Child> {
    const victim = await this.start('victim');
    victim.begin(this.job({ host: 'victim', leaseMs: VICTIM_LEASE_MS, pauseAt: step, ...options }));
    await victim.reached(step);
    return victim;
  }

  /** What a process blocks on, and what lets it go on. */
  get block(): { readonly until: string; end(): void } {
    const until = this.deployment.signalFile(this.namespace);
    return { until, end: () => writeFileSync(until, '') };
  }

  /** Resolves when the lease has run out by the clock of the audit store, whether or not anybody can take it. */
  async leaseIsOver(): Promise<void> {
    await eventually('the end of the lease', async () => (await this.store.snapshot()).holder === null);
  }

  /** A process that does something, and is killed at the step. */
  async killAt(step: string, options: JobOptions = {}): Promise<void> {
    const victim = await this.pauseAt(step, options);
    await victim.kill();
  }

  /**
   * Another process than any that was killed. It makes all its systems and connections anew for each job, so that
   * one that has served another scenario knows nothing more than one that was just started.
   */
  get survivor(): Promise<Child> {
    return (this.taken ??= this.takeSurvivor());
  }

  async do(options: JobOptions = {}): Promise<JobResult> {
    const survivor = await this.survivor;
    return survivor.do(this.job(options));
  }

  /** The states of a change in the audit, oldest first; an undo's with a mark. */
  async rows(changeId: string): Promise<string[]> {
    const entries = await this.entries(changeId);
    return entries.map(({ state, operation }) => (operation === 'undo' ? `undo ${state}` : state));
  }

  async entries(changeId?: string): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    for await (const entry of this.store.history({ changeId })) found.push(entry);
    return found;
  }

  /** What there is of the effects: `change/part#attempt`. */
  effects(): Promise<string[]> {
    return this.deployment.left(this.namespace);
  }

  /** The markers that are in a target system. */
  async markers(target = 'target'): Promise<readonly Marker[]> {
    const database = this.deployment.database(target);
    const chain = await this.deployment.chain(this.namespace);
    return database && chain ? database.target(target).markers(chain).read() : [];
  }

  /** At rest: the chain verifies, and another boot finds nothing to do and does not touch the lock. */
  async expectRest(changes: readonly ChangeSpec[] = this.changes): Promise<void> {
    await this.expectIntact();
    const boot = await this.do({ changes });
    expect({ status: boot.status, error: boot.error }).toEqual({ status: 'nothing-to-do', error: undefined });
    expect(boot.steps).toEqual([]);
  }

  async expectIntact(): Promise<void> {
    expect(await verifyAudit(this)).toMatchObject({ intact: true });
  }

  /** Ends what is left of the processes; a survivor that did all it was asked for goes on to the next scenario. */
  async end(): Promise<void> {
    const survivor = await this.taken?.catch(() => undefined);
    if (survivor?.isIdle) {
      this.alive.delete(survivor);
      idle.push(survivor);
    }
    await killAll(this.alive);
  }

  private async takeSurvivor(): Promise<Child> {
    const waiting = idle.pop();
    if (!waiting) return this.start('survivor');
    this.alive.add(waiting);
    return waiting;
  }
}
