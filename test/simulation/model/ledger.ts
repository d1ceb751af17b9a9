import type { AuditEntry, AuditState } from '../../../lib/core/model/audit-entry.js';
import type { World } from '../world/world.js';
import type { ChangeShape } from './change-shape.js';
import type { Effect } from './effect.js';
import { Facts } from './facts.js';
import type { LedgerDump } from './ledger-dump.js';
import type { Invariant } from './violation.js';

const APPLIED: readonly (AuditState | undefined)[] = ['APPLIED', 'MANUAL_MARKED_AS_APPLIED'];

/** What one process has: all changes in its code, and those that it is to run. */
export interface Known {
  readonly code: readonly ChangeShape[];
  readonly plan: readonly ChangeShape[];
}

interface Watch {
  readonly shapes: readonly ChangeShape[];
  seen: boolean;
}

/** What really happened, kept by the servers of the simulation and not by the engine. Its judges are the files beside it. */
export class Ledger {
  readonly facts = new Facts();
  /** The latest entry of each change. */
  readonly latest = new Map<string, AuditEntry>();
  /** How many STARTED entries each change has. */
  readonly starts = new Map<string, number>();
  /** The parts of each change that are in effect. */
  readonly parts = new Map<string, Set<number>>();
  /** What the last commit of each change did. */
  readonly commits = new Map<string, Effect['kind']>();
  /** Changes about which a call counts that was on its way when its sender lost the lock or gave up. No engine can help that. */
  readonly tainted = new Set<string>();
  /** The lock that was given out last. */
  newest = { token: 0, holder: '' };
  /** Target systems that have seen more of the audit than there is since it was restored; no change may run there. */
  behind: ReadonlySet<string> = new Set();
  /** Why nobody may do anything at all. */
  frozen: string | undefined;
  /** Runs that read more of the audit than its summary. */
  readonly readInFull = new Set<string>();
  /** What a run has not done yet when it reads the summary for the first time: ids of changes. */
  readonly leftAtSummary = new Map<string, readonly string[]>();
  /** What was in effect when the audit was removed. */
  readonly #formerly = new Set<string>();
  readonly #known = new Map<string, Known>();
  readonly #watches = new Set<Watch>();
  readonly #fences = new Map<string, number>();
  readonly #acted = new Set<string>();
  readonly #applied = new Set<string>();

  constructor(
    readonly world: World,
    readonly shapes: readonly ChangeShape[],
    readonly coverage: Map<string, number>,
  ) {}

  saw(situation: string): void {
    this.coverage.set(situation, (this.coverage.get(situation) ?? 0) + 1);
  }

  violated(invariant: Invariant, what: string): void {
    this.world.note(() => `*** ${invariant}: ${what}`);
    this.world.violation ??= { invariant, what };
  }

  acquired(token: number, holder: string): void {
    if (token <= this.newest.token)
      this.violated('I5', `token ${token} was given out after ${this.newest.token}`);
    this.newest = { token, holder };
  }

  /** A holder of `token` was at the fence row. */
  fenced(row: string, token: number): void {
    this.#fences.set(row, Math.max(token, this.fenceOf(row)));
  }

  fenceOf(row: string): number {
    return this.#fences.get(row) ?? 0;
  }

  /** The entry is the latest of its change from here on. */
  keep(entry: AuditEntry): void {
    const { changeId, executionId, state, attempt, operation } = entry;
    this.latest.set(changeId, entry);
    if (state === 'STARTED') this.starts.set(changeId, attempt);
    if (state === 'APPLIED') this.#applied.add(`${executionId} ${changeId}`);
    if (operation !== 'import') this.actedOn(executionId, changeId);
    for (const watch of this.#watches) watch.seen ||= this.areApplied(watch.shapes);
  }

  actedOn(executionId: string, changeId: string): void {
    this.#acted.add(`${executionId} ${changeId}`);
  }

  /** The run recorded something about the change that it did not import, or sent a call that changes something. */
  hasActed(executionId: string, changeId: string): boolean {
    return this.#acted.has(`${executionId} ${changeId}`);
  }

  /** The run recorded that the change is applied. */
  hasApplied(executionId: string, changeId: string): boolean {
    return this.#applied.has(`${executionId} ${changeId}`);
  }

  shapeOf(changeId: string): ChangeShape | undefined {
    return this.shapes.find(({ id }) => id === changeId);
  }

  /** The run holds the newest lock. */
  isHolder(executionId: string): boolean {
    return this.newest.holder === executionId;
  }

  isApplied(changeId: string): boolean {
    return APPLIED.includes(this.latest.get(changeId)?.state);
  }

  areApplied(shapes: readonly ChangeShape[]): boolean {
    return shapes.every(({ id }) => this.isApplied(id));
  }

  /** A process begins with this. */
  hears(executionId: string, known: Known): void {
    this.#known.set(executionId, known);
  }

  knownTo(executionId: string): Known {
    return this.#known.get(executionId) ?? { code: this.shapes, plan: this.shapes };
  }

  /** A run is told the summary of the audit. */
  summarised(executionId: string): void {
    if (this.leftAtSummary.has(executionId)) return;
    const left = this.knownTo(executionId).plan.filter(({ id }) => !this.isApplied(id));
    this.leftAtSummary.set(
      executionId,
      left.map(({ id }) => id),
    );
  }

  /** How many parts of the change are in effect. */
  present(changeId: string): number {
    return this.parts.get(changeId)?.size ?? 0;
  }

  inEffect({ id, parts }: ChangeShape): boolean {
    return this.present(id) === parts;
  }

  /** @returns tells, once, whether all changes of the run were applied at once at any moment since */
  watchReadiness(executionId: string): () => boolean {
    const shapes = this.knownTo(executionId).plan;
    const watch = { shapes, seen: this.areApplied(shapes) };
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      return watch.seen;
    };
  }

  /** Nothing of the change may run: its transactional target system has seen more than the audit knows. */
  isBehind({ targetSystem, strategy }: ChangeShape): boolean {
    return strategy === 'marker' && this.behind.has(targetSystem);
  }

  /** A person removes what a change left. */
  cleanUp(changeId: string): void {
    this.parts.delete(changeId);
    this.commits.delete(changeId);
    this.tainted.delete(changeId);
  }

  /** A person, or another tool, does what a change would do. */
  putInEffect({ id, parts }: ChangeShape): void {
    this.cleanUp(id);
    this.parts.set(id, new Set(Array.from({ length: parts }, (_, part) => part)));
    this.commits.set(id, 'write');
  }

  /** The audit is gone; what is in effect has nothing to do with what comes. */
  beginAnew(): void {
    for (const shape of this.shapes) if (this.inEffect(shape)) this.#formerly.add(shape.id);
    for (const all of [this.latest, this.starts, this.parts, this.commits]) all.clear();
    this.tainted.clear();
    this.newest = { token: 0, holder: '' };
  }

  /** The change was in effect when the audit was removed. */
  wasInEffect(changeId: string): boolean {
    return this.#formerly.has(changeId);
  }

  /** @param isThere - whether the effect of a change is in the database of the audit */
  dump(isThere: (shape: ChangeShape) => boolean): LedgerDump {
    const effects = this.shapes.filter(isThere).map(({ id }) => {
      const [parts, commit] = [[...(this.parts.get(id) ?? [])], this.commits.get(id)];
      return [id, { parts, ...(commit && { commit }) }] as const;
    });
    return { latest: new Map(this.latest), starts: new Map(this.starts), effects: new Map(effects) };
  }

  /** @param token - the last one that the audit store knows of */
  load({ latest, starts, effects }: LedgerDump, token: number): void {
    replace(this.latest, latest);
    replace(this.starts, starts);
    for (const [id, { parts, commit }] of effects) {
      this.cleanUp(id);
      this.parts.set(id, new Set(parts));
      if (commit) this.commits.set(id, commit);
    }
    this.newest = { token, holder: '' };
  }
}

function replace<T>(all: Map<string, T>, by: ReadonlyMap<string, T>): void {
  all.clear();
  for (const [key, value] of by) all.set(key, value);
}
