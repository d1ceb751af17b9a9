import { isStrict, type ChangeShape } from './change-shape.js';
import type { Effect, EffectSource } from './effect.js';
import type { Ledger } from './ledger.js';

/** An effect is durable. */
export function takeEffect(
  ledger: Ledger,
  { kind, changeId, part }: Effect,
  { scope, live }: EffectSource,
): void {
  ledger.world.note(() => `in effect: ${kind} of ${changeId} part ${part} by ${scope.executionId}`);
  ledger.facts.of(scope).tookEffect = true;
  const parts = ledger.parts.get(changeId) ?? new Set();
  ledger.parts.set(changeId, parts);
  if (kind === 'write') parts.add(part);
  else parts.delete(part);
  const shape = ledger.shapeOf(changeId);
  if (!shape || isStrict(shape) || (live() && ledger.isHolder(scope.executionId))) return;
  ledger.tainted.add(changeId);
  ledger.saw('a call was on its way when its sender lost the lock or gave up');
}

/** A commit as its server saw it. */
export interface CommitRecord {
  /** Name of the fence row. */
  readonly fence: string;
  readonly source: EffectSource;
  /** The fencing token that it carried, if any. */
  readonly token: number | undefined;
  readonly effects: readonly Effect[];
}

/** A transaction that no statement had broken open has committed: all of a change at once, and never twice in a row. */
export function judgeCommit(ledger: Ledger, record: CommitRecord): void {
  const { effects, source } = record;
  const { changeId, attempt, executionId } = source.scope;
  const [first] = effects;
  const shape = ledger.shapeOf(changeId);
  if (!shape || !first) return;
  const what = `${executionId} commits attempt ${attempt} of ${changeId}`;
  const present = ledger.present(changeId);
  if (effects.length !== shape.parts || present !== (first.kind === 'write' ? shape.parts : 0))
    ledger.violated(
      'I1',
      `${what}: ${effects.length} of ${shape.parts} parts, after which ${present} are in effect`,
    );
  if (isStrict(shape) && ledger.commits.get(changeId) === first.kind)
    ledger.violated('I1', `${what}: a second ${first.kind} in a row`);
  ledger.commits.set(changeId, first.kind);
  if (shape.strategy === 'marker') judgeFence(ledger, record, what);
  else judgeRecord(ledger, shape, attempt, what);
}

function judgeFence(ledger: Ledger, { fence: name, token, source }: CommitRecord, what: string): void {
  const fence = ledger.fenceOf(name);
  if ((token ?? -1) < fence)
    ledger.violated('I5', `${what} with token ${token}, but ${fence} was there before`);
  if (!ledger.isHolder(source.scope.executionId))
    ledger.saw('a former holder committed before the next one came to the target');
}

/** Where audit and target are one database, the record is part of the commit. */
function judgeRecord(ledger: Ledger, { id }: ChangeShape, attempt: number, what: string): void {
  const latest = ledger.latest.get(id);
  const ended = latest?.state === 'APPLIED' || latest?.state === 'ROLLED_BACK';
  if (latest?.attempt !== attempt || !ended)
    ledger.violated(
      'I2',
      `${what} without its record: the latest is ${latest?.state} of attempt ${latest?.attempt}`,
    );
}
