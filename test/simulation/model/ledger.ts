import type { AuditEntry, AuditState } from '../../../lib/core/audit-entry.js';
import type { World } from '../world/world.js';
import type { ChangeShape } from './change-shape.js';
import type { Effect } from './effect.js';
import { Facts } from './facts.js';
import type { Invariant } from './violation.js';

const APPLIED: readonly (AuditState | undefined)[] = ['APPLIED', 'MANUAL_MARKED_AS_APPLIED'];

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
  /** How often each interesting situation came about. */
  readonly sightings = new Map<string, number>();
  /** Changes about which a call counts that was on its way when its sender lost the lock or gave up. No engine can help that. */
  readonly tainted = new Set<string>();
  /** The lock that was given out last. */
  newest = { token: 0, holder: '' };
  readonly #fences = new Map<string, number>();
  readonly #acted = new Set<string>();
  readonly #applied = new Set<string>();
  /** How many times all changes came to be applied at once. */
  #readyTimes = 0;

  constructor(
    readonly world: World,
    readonly shapes: readonly ChangeShape[],
  ) {}

  saw(situation: string): void {
    this.sightings.set(situation, (this.sightings.get(situation) ?? 0) + 1);
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
    const { changeId, executionId, state, attempt } = entry;
    this.latest.set(changeId, entry);
    if (state === 'STARTED') this.starts.set(changeId, attempt);
    if (state === 'APPLIED') this.#applied.add(`${executionId} ${changeId}`);
    this.actedOn(executionId, changeId);
    if (this.isReady()) this.#readyTimes++;
  }

  actedOn(executionId: string, changeId: string): void {
    this.#acted.add(`${executionId} ${changeId}`);
  }

  /** The run recorded something about the change, or sent a call that changes something. */
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

  isReady(): boolean {
    return this.shapes.every(({ id }) => this.isApplied(id));
  }

  /** How many parts of the change are in effect. */
  present(changeId: string): number {
    return this.parts.get(changeId)?.size ?? 0;
  }

  inEffect({ id, parts }: ChangeShape): boolean {
    return this.present(id) === parts;
  }

  /** @returns tells whether all changes were applied at once at any moment since */
  watchReadiness(): () => boolean {
    const before = this.#readyTimes;
    return this.isReady() ? () => true : () => this.#readyTimes > before;
  }

  /** A person removes what a change left. */
  cleanUp(changeId: string): void {
    this.parts.delete(changeId);
    this.tainted.delete(changeId);
  }
}
