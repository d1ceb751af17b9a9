import type { ChangeDefinition, ChangeMethod } from '../../core/model/change.js';
import type { TargetSystem } from '../../core/model/target-system.js';
import { type MethodRole, readChange } from '../decorators/metadata.js';
import { bindMethod } from './bind-method.js';
import { readFields } from './change-fields.js';
import type { Modules } from './container.js';
import { findChanges, type FoundChange } from './find-changes.js';
import { readMethodMarks } from './method-marks.js';

/** The changes of an app as the engine sees them, and all faults of their classes. */
export interface ExploredChanges {
  readonly changes: readonly ChangeDefinition[];
  readonly problems: readonly string[];
}

/** What changes refer to. */
export interface ExplorerContext {
  readonly stages: readonly string[];
  readonly targets: readonly TargetSystem[];
}

type TargetsById = ReadonlyMap<string, TargetSystem>;

/** Turns providers into changes. The result holds no Nest types. */
export async function explore(modules: Modules, context: ExplorerContext): Promise<ExploredChanges> {
  const found = findChanges(modules);
  const defaultStage = context.stages.at(-1) ?? 'default';
  // Of two target systems with one id, the first is used here; the validation reports the duplicate.
  const targets: TargetsById = new Map([...context.targets].reverse().map((target) => [target.id, target]));
  const explored = await Promise.all(
    found.changes.map((change) => exploreChange(change, defaultStage, targets)),
  );
  return {
    changes: explored.map(({ definition }) => definition),
    problems: [...found.problems, ...explored.flatMap(({ problems }) => problems)],
  };
}

interface ExploredChange {
  readonly definition: ChangeDefinition;
  readonly problems: readonly string[];
}

async function exploreChange(
  site: FoundChange,
  defaultStage: string,
  targets: TargetsById,
): Promise<ExploredChange> {
  const { fields, faults } = readFields(readChange(site.owner), defaultStage);
  const target = targets.get(fields.targetSystem);
  const marks = readMethodMarks(site.owner);
  const bound = await bindAll(site, marks.names, target);
  const origin = site.module.name;
  const location = `change '${fields.id}' (${site.owner.name} in ${origin})`;
  const all = [
    ...site.faults,
    ...faults,
    ...marks.faults,
    ...contradictions(fields.withoutRollback, bound),
    ...bound.faults,
  ];
  return {
    definition: Object.freeze({
      ...fields,
      className: site.owner.name,
      origin,
      apply: noApply,
      ...bound.methods,
    }),
    problems: all.map((fault) => `${location}: ${fault}`),
  };
}

/** Used where there is no `@Apply`. It is never called: the missing method is a problem, so nothing runs. */
const noApply: ChangeMethod = {
  name: 'apply',
  invoke: () => Promise.reject(new Error('This change has no @Apply.')),
};

interface BoundMethods {
  readonly methods: Readonly<Partial<Record<MethodRole, ChangeMethod>>>;
  readonly faults: readonly string[];
}

async function bindAll(
  site: FoundChange,
  names: Readonly<Partial<Record<MethodRole, string>>>,
  target: TargetSystem | undefined,
): Promise<BoundMethods> {
  const bound = await Promise.all(
    Object.entries(names).map(async ([role, name]) => ({ role, ...(await bindMethod(site, name, target)) })),
  );
  return {
    methods: Object.fromEntries(bound.map(({ role, method }) => [role, method])),
    faults: bound.flatMap(({ faults }) => faults),
  };
}

function contradictions(withoutRollback: boolean, { methods }: BoundMethods): string[] {
  return withoutRollback && methods.rollback
    ? [`rollback: 'none', but ${methods.rollback.name}() has @Rollback; remove one of the two`]
    : [];
}
