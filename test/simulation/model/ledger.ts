import type { AuditEntry, AuditState, ChainHead } from '../../../lib/core/audit-entry.js';
import { faultInChain } from '../../../lib/core/hash-chain.js';
import type { AttemptScope } from '../../../lib/core/target-system.js';
import type { World } from '../world/world.js';
import { faultOfEntry } from './audit-rules.js';
import { isStrict, type ChangeShape } from './change-shape.js';
import type { Effect, EffectSource } from './effect.js';
import { Facts } from './facts.js';
import { Violation, type Invariant } from './violation.js';

const APPLIED: readonly (AuditState | undefined)[] = ['APPLIED', 'MANUAL_MARKED_AS_APPLIED'];
const NONE: ReadonlySet<number> = new Set();

/** What really happened, kept by the servers of the simulation and not by the engine; and the rules that it must follow. */
export class Ledger {
  readonly latest = new Map<string, AuditEntry>();
  readonly facts = new Facts();
  /** How often each interesting situation came about. */
  readonly sightings = new Map<string, number>();
  /** Changes about which a call counts that was on its way when its sender lost the lock or gave up. No engine can help that. */
  readonly tainted = new Set<string>();
  readonly #starts = new Map<string, number>();
  readonly #parts = new Map<string, Set<number>>();
  readonly #fences = new Map<string, number>();
  readonly #shapes: ReadonlyMap<string, ChangeShape>;
  #newest = { token: 0, holder: '' };
  readonly #acted = new Set<string>();
  readonly #appliers = new Map<string, string>();
  /** How many times all changes came to be applied at once. */
  #readyTimes = 0;

  constructor(
    private readonly world: World,
    readonly shapes: readonly ChangeShape[],
  ) {
    this.#shapes = new Map(shapes.map((shape) => [shape.id, shape]));
  }

  saw(situation: string): void {
    this.sightings.set(situation, (this.sightings.get(situation) ?? 0) + 1);
  }

  violated(invariant: Invariant, what: string): void {
    this.world.note(() => `*** ${invariant}: ${what}`);
    this.world.violation ??= new Violation(invariant, what);
  }

  acquired(token: number, holder: string): void {
    if (token <= this.#newest.token)
      this.violated('I5', `token ${token} was given out after ${this.#newest.token}`);
    this.#newest = { token, holder };
  }

  fenced(target: string, token: number): void {
    this.#fences.set(target, Math.max(token, this.#fences.get(target) ?? 0));
  }

  /** The run holds the newest lock. */
  isHolder(executionId: string): boolean {
    return this.#newest.holder === executionId;
  }

  isApplied(changeId: string): boolean {
    return APPLIED.includes(this.latest.get(changeId)?.state);
  }

  partsOf(changeId: string): ReadonlySet<number> {
    return this.#parts.get(changeId) ?? NONE;
  }

  inEffect({ id, parts }: ChangeShape): boolean {
    return this.partsOf(id).size === parts;
  }

  isReady(): boolean {
    return this.shapes.every(({ id }) => this.isApplied(id));
  }

  /** @returns tells whether all changes were applied at once at any moment since */
  watchReadiness(): () => boolean {
    const before = this.#readyTimes;
    return this.isReady() ? () => true : () => this.#readyTimes > before;
  }

  /** The run recorded something about the change, or sent a call that changes something. */
  hasActed(executionId: string, changeId: string): boolean {
    return this.#acted.has(`${executionId} ${changeId}`);
  }

  /** Which run recorded last that the change is applied. */
  lastApplier(changeId: string): string | undefined {
    return this.#appliers.get(changeId);
  }

  /** A person removes what a change left. */
  cleanUp(changeId: string): void {
    this.#parts.delete(changeId);
    this.tainted.delete(changeId);
  }

  /** An entry is durable behind `head`, written on the strength of `token`. */
  recorded(head: ChainHead, entry: AuditEntry, token: number): void {
    const fault = faultInChain(head, entry);
    if (fault) this.violated('I6', fault);
    const what = `${entry.state} of ${entry.changeId} (${entry.operation}, attempt ${entry.attempt}) by ${entry.executionId}`;
    this.world.note(() => `durable: entry ${entry.seq}, ${what}`);
    if (token !== this.#newest.token || !this.isHolder(entry.executionId))
      this.violated(
        'I5',
        `${what} with token ${token}, but ${this.#newest.holder} holds ${this.#newest.token}`,
      );
    const shape = this.#shapes.get(entry.changeId);
    if (shape) this.#judge(shape, entry, what);
    this.latest.set(entry.changeId, entry);
    if (entry.state === 'STARTED') this.#starts.set(entry.changeId, entry.attempt);
    this.#acted.add(`${entry.executionId} ${entry.changeId}`);
    if (entry.state === 'APPLIED') this.#appliers.set(entry.changeId, entry.executionId);
    if (this.isReady()) this.#readyTimes++;
  }

  #judge(shape: ChangeShape, entry: AuditEntry, what: string): void {
    const { executionId, changeId } = entry;
    const previous = this.latest.get(changeId);
    const present = this.partsOf(changeId).size;
    const fault = faultOfEntry({
      shape,
      entry,
      previous,
      starts: this.#starts.get(changeId) ?? 0,
      inEffect: present === shape.parts,
      absent: present === 0,
      facts: this.facts.of(entry),
      previousFacts: this.facts.of({ executionId, changeId, attempt: previous?.attempt ?? 0 }),
    });
    if (fault) this.violated('I2', `${what} after ${previous?.state}: ${fault}`);
    if (previous && previous.executionId !== executionId && entry.state !== 'STARTED')
      this.saw(`recovered ${entry.operation} as ${entry.state} (${entry.strategy})`);
    if (entry.reason === 'not begun') this.saw('STARTED ahead taken back');
    this.saw(`recorded ${entry.state}`);
    this.#judgeRest(shape, entry, what);
  }

  /** Where no transaction decides, the parts must still be as the record says. */
  #judgeRest(shape: ChangeShape, { state, changeId, reason }: AuditEntry, what: string): void {
    if (this.tainted.has(changeId) || reason === 'not begun') return;
    const present = this.partsOf(changeId).size;
    const full = state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED';
    const gone = state === 'ROLLED_BACK' || state === 'MANUAL_MARKED_AS_ROLLED_BACK';
    if ((full && present < shape.parts) || (gone && present > 0))
      this.violated('I2', `${what}, but ${present} of its ${shape.parts} parts are in effect`);
  }

  /** A guarded call that changes something is about to leave its process. */
  sends({ kind, changeId }: Effect, scope: AttemptScope): void {
    const what = `${scope.executionId} sends a ${kind} of ${changeId} (attempt ${scope.attempt})`;
    const facts = this.facts.of(scope);
    facts.acted = true;
    this.#acted.add(`${scope.executionId} ${changeId}`);
    if (!this.isHolder(scope.executionId))
      return this.violated('I5', `${what}, but ${this.#newest.holder} holds the lock`);
    const latest = this.latest.get(changeId);
    const mine = latest?.executionId === scope.executionId && latest.attempt === scope.attempt;
    if (!mine)
      return this.violated(
        'I3',
        `${what}, but its latest entry is ${latest?.state} of attempt ${latest?.attempt} by ${latest?.executionId}`,
      );
    if (kind === 'write') this.#judgeApply(latest, changeId, what);
    else this.#judgeRollback(latest, facts.refused, what);
  }

  /** A guarded call that only looks is about to leave its process. */
  reads({ executionId, changeId }: AttemptScope): void {
    if (this.isHolder(executionId)) return;
    this.violated('I5', `${executionId} looks at ${changeId}, but ${this.#newest.holder} holds the lock`);
  }

  #judgeApply(latest: AuditEntry, changeId: string, what: string): void {
    if (latest.state !== 'STARTED' || latest.operation !== 'apply')
      this.violated('I3', `${what} after ${latest.state} (${latest.operation})`);
    const { index = 0 } = this.#shapes.get(changeId) ?? {};
    const before = this.shapes.slice(0, index).find(({ id }) => !this.isApplied(id));
    if (before)
      this.violated('I4', `${what}, but ${before.id} is ${this.latest.get(before.id)?.state ?? 'new'}`);
  }

  #judgeRollback({ state, operation }: AuditEntry, refused: boolean, what: string): void {
    const undoing = state === 'STARTED' && operation === 'undo';
    const reverting = state === 'FAILED' && operation === 'apply';
    const unrecorded = refused && state === 'STARTED';
    if (!undoing && !reverting && !unrecorded) this.violated('I3', `${what} after ${state} (${operation})`);
  }

  /** An effect is durable. */
  tookEffect({ kind, changeId, part }: Effect, { scope, live }: EffectSource): void {
    this.world.note(() => `in effect: ${kind} of ${changeId} part ${part} by ${scope.executionId}`);
    const parts = this.#parts.get(changeId) ?? new Set();
    this.#parts.set(changeId, parts);
    if (kind === 'write') parts.add(part);
    else parts.delete(part);
    const shape = this.#shapes.get(changeId);
    if (!shape || isStrict(shape) || (live() && this.isHolder(scope.executionId))) return;
    this.tainted.add(changeId);
    this.saw('a call was on its way when its sender lost the lock or gave up');
  }

  /** A transaction has committed these effects at once. */
  committed(
    target: string,
    { scope }: EffectSource,
    token: number | undefined,
    effects: readonly Effect[],
    brokenOpen: boolean,
  ): void {
    const shape = this.#shapes.get(scope.changeId);
    if (!shape || brokenOpen || effects.length === 0) return;
    const what = `${scope.executionId} commits attempt ${scope.attempt} of ${shape.id}`;
    if (effects.length !== shape.parts)
      this.violated('I1', `${what} with ${effects.length} of ${shape.parts} parts`);
    const kind = effects[0]?.kind;
    const present = this.partsOf(shape.id).size;
    if (kind === 'write' ? present !== shape.parts : present !== 0)
      this.violated('I1', `${what}, ${present} parts remain`);
    this.#judgeCommit(shape, target, scope, token, what);
    if (isStrict(shape)) this.#countCommit(shape, kind, what);
  }

  readonly #commits = new Map<string, Effect['kind']>();

  /** Applies and undos of a change alternate. */
  #countCommit({ id }: ChangeShape, kind: Effect['kind'] | undefined, what: string): void {
    if (kind && this.#commits.get(id) === kind) this.violated('I1', `${what}: a second ${kind} in a row`);
    if (kind) this.#commits.set(id, kind);
  }

  #judgeCommit(
    shape: ChangeShape,
    target: string,
    scope: AttemptScope,
    token: number | undefined,
    what: string,
  ): void {
    const fence = this.#fences.get(target) ?? 0;
    if (shape.strategy === 'marker' && (token ?? -1) < fence)
      this.violated('I5', `${what} with token ${token}, but ${fence} was there before`);
    if (shape.strategy !== 'shared') return;
    const { state, attempt } = this.latest.get(shape.id) ?? {};
    if (attempt !== scope.attempt || (state !== 'APPLIED' && state !== 'ROLLED_BACK'))
      this.violated('I2', `${what} without its record: the latest is ${state} of attempt ${attempt}`);
  }
}
