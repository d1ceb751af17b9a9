import type { ChangeDefinition } from '../model/change.js';
import { groupBy } from '../model/group-by.js';
import type { TargetSystem } from '../model/target-system.js';
import { nearNames } from '../text/near-names.js';
import { LONGEST_TEXT, oneLine } from '../text/printable.js';

/** What every store of ours takes as a key: 255 characters in SQL, 1,000 bytes in DynamoDB; as namespaces. In characters. */
const LONGEST_KEY = 200;

/** Stored in JSON, which is longer: a control character takes six characters. */
const ESCAPED = /\p{Cc}|\p{Surrogate}|\s$/u;

/** Lists the texts of a change that a store cannot keep. Each line says what to write instead. */
function faultsOfTexts(change: ChangeDefinition): string[] {
  const keys = (['id', 'author', 'order', 'stage', 'targetSystem'] as const).flatMap((name) => {
    const length = storedLength(change[name]);
    return length > LONGEST_KEY
      ? [`${name} has ${length} characters; write one of at most ${LONGEST_KEY}`]
      : [];
  });
  return [...keys, ...faultsOfMetadata(change.metadata)];
}

function storedLength(text: string): number {
  return Array.from(ESCAPED.test(text) ? JSON.stringify(text) : text).length;
}

function faultsOfMetadata(metadata: ChangeDefinition['metadata']): string[] {
  if (metadata === null) return [];
  const fault = notJson(metadata, 'metadata', []);
  if (fault) return [`${fault}; write plain JSON`];
  const { length } = JSON.stringify(metadata);
  return length > LONGEST_TEXT
    ? [`metadata has ${length} characters as JSON; write at most ${LONGEST_TEXT}`]
    : [];
}

/** Finds the first place in a value that does not survive JSON. Undefined members count as absent. */
function notJson(value: unknown, location: string, within: readonly unknown[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${location} is ${value}`;
  if (typeof value !== 'object') return `${location} is ${value === undefined ? '' : 'a '}${typeof value}`;
  if (within.includes(value)) return `${location} contains itself`;
  if (within.length > 100) return `${location} is nested too deep`;
  if (!isPlain(value)) return `${location} is an instance of ${value.constructor.name}`;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined && !Array.isArray(value)) continue;
    const fault = notJson(member, `${location}.${name}`, [...within, value]);
    if (fault) return fault;
  }
  return undefined;
}

/** Also true for objects of another realm, such as a jest sandbox. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype !== 'object' || prototype === null || Object.getPrototypeOf(prototype) === null;
}

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

/** Lists every fault of the changes, also against stages and target systems. Each line says what to write instead. */
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

/** By stage as the module lists them, then by `order`, compared as text by code unit. */
export function sortChanges(
  changes: readonly ChangeDefinition[],
  stages: readonly string[],
): ChangeDefinition[] {
  return [...changes].sort(
    (a, b) =>
      stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
      (a.order < b.order ? -1 : a.order > b.order ? 1 : 0),
  );
}
