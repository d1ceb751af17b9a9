import type { ChangeDefinition } from './change.js';
import { groupBy } from './group-by.js';
import { nearNames } from './near-names.js';
import type { TargetSystem } from './target-system.js';
import { faultsOfTexts } from './validate-texts.js';
import { oneLine } from './visible.js';

/** What the changes are checked against. */
export interface ValidationContext {
  readonly stages: readonly string[];
  readonly targets: readonly TargetSystem[];
}

const ORDER = /^[A-Za-z0-9_.-]{4,}$/;

/** Names a change and its place, for people. */
export function placeOf({ id, className, origin }: ChangeDefinition): string {
  return oneLine(`change '${id.length > 250 ? `${id.slice(0, 100)}…` : id}' (${className} in ${origin})`);
}

/** Every fault of the changes among themselves and against stages and target systems; each a text that says what to write instead. */
export function validateChanges(changes: readonly ChangeDefinition[], context: ValidationContext): string[] {
  const targets = new Map(context.targets.map((target) => [target.id, target]));
  return [
    ...repeated(context.targets, ({ id }) => id).map(
      ([id, all]) => `${all.length} target systems have the id '${id}'; give each an id of its own`,
    ),
    ...repeated(context.stages, (stage) => stage).map(
      ([stage]) => `the stage '${stage}' is listed twice in stages`,
    ),
    ...repeated(changes, ({ id }) => id).map(
      ([id, all]) =>
        `the id '${id}' is used ${all.length} times: ${all.map(placeOf).join(', ')}; an id is unique in the app`,
    ),
    ...repeated(changes, ({ stage, order }) => `${stage} ${order}`).map(
      ([, all]) =>
        `order '${all[0]?.order}' is used ${all.length} times in stage '${all[0]?.stage}': ${all.map(placeOf).join(', ')}; an order is unique in its stage`,
    ),
    ...changes.flatMap((change) =>
      faultsOf(change, context.stages, targets).map((fault) => `${placeOf(change)}: ${fault}`),
    ),
  ];
}

function faultsOf(
  change: ChangeDefinition,
  stages: readonly string[],
  targets: ReadonlyMap<string, TargetSystem>,
): string[] {
  const target = targets.get(change.targetSystem);
  return [
    ...(['id', 'author', 'order', 'targetSystem'] as const)
      .filter((name) => !change[name].trim())
      .map((name) => `${name} is blank; write ${name}: '…' in @Change`),
    ...(!change.order.trim() || ORDER.test(change.order)
      ? []
      : [`order '${change.order}' must have at least 4 characters of A-Z a-z 0-9 _ . - (as in '0001')`]),
    ...faultsOfTexts(change),
    ...(stages.includes(change.stage) ? [] : [unknown('stage', change.stage, stages)]),
    ...(target || !change.targetSystem.trim()
      ? []
      : [unknown('target system', change.targetSystem, [...targets.keys()])]),
    ...(target ? faultsOnTarget(change, target) : []),
  ];
}

function faultsOnTarget(change: ChangeDefinition, target: TargetSystem): string[] {
  if (change.transactional === true && !target.transactional)
    return [
      `transactional: true, but the target system '${target.id}' (${target.kind}) has no transactions; leave it out`,
    ];
  const transactional = target.transactional && change.transactional !== false;
  if (transactional || change.rollback || change.withoutRollback) return [];
  return [
    `it needs a @Rollback, because no transaction can undo it on '${target.id}' (${target.kind}); write one, or rollback: 'none' to do without on purpose`,
  ];
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearNames(name, known);
  const hint = near.length
    ? `did you mean ${near.map((text) => `'${text}'`).join(' or ')}?`
    : `known: ${known.join(', ') || 'none'}`;
  return `unknown ${what} '${name}'; ${hint}`;
}

function repeated<T>(values: readonly T[], keyOf: (value: T) => string): (readonly [string, readonly T[]])[] {
  return [...groupBy(values, keyOf)].filter(([key, { length }]) => length > 1 && key.trim());
}
