import type { ChangeDefinition, OutsideTransactionPolicy } from '../core/change.js';
import type { RecoveryStrategy } from '../core/audit-entry.js';
import { parseDuration } from '../core/duration.js';
import type { ChangeOptions } from './change-options.js';
import {
  type Checks,
  checkFields,
  duration,
  flag,
  isRecord,
  oneOf,
  plainObject,
  text,
  texts,
} from './field-checks.js';

/** The part of a change that its options tell. */
export type ChangeFields = Omit<ChangeDefinition, 'apply' | 'rollback' | 'verify' | 'className' | 'origin'>;

/** The fields, and what is wrong with the options; a faulty option counts as left out. */
export interface ReadFields {
  readonly fields: ChangeFields;
  readonly faults: readonly string[];
}

/** Blank ones are the validation's to report, with those of changes that do not come from decorators. */
const required = (value: unknown): string | undefined =>
  typeof value === 'string' ? undefined : `must be a text, not ${String(value)}`;

const RECOVERIES: readonly RecoveryStrategy[] = ['manual-intervention', 'always-retry'];
const POLICIES: readonly OutsideTransactionPolicy[] = ['fail', 'allow'];
const CHECKS: Checks & Record<keyof ChangeOptions, unknown> = {
  id: required,
  order: required,
  author: required,
  targetSystem: required,
  transactional: flag,
  recovery: oneOf(...RECOVERIES),
  stage: text,
  profiles: texts,
  timeout: duration,
  rollback: oneOf('none'),
  outsideTransaction: oneOf(...POLICIES),
  description: text,
  ticket: text,
  metadata: plainObject,
};

/** Reads what `@Change` was given. Reports every fault, throws none. */
export function readFields(given: unknown, lastStage: string): ReadFields {
  const options = isRecord(given) ? given : {};
  const sound = Object.fromEntries(
    Object.entries(options).filter(
      ([key, value]) => value !== undefined && CHECKS[key]?.(value) === undefined,
    ),
  ) as Partial<ChangeOptions>;
  return { fields: Object.freeze(fieldsOf(sound, lastStage)), faults: checkFields(options, CHECKS) };
}

function fieldsOf(options: Partial<ChangeOptions>, lastStage: string): ChangeFields {
  return {
    id: options.id ?? '',
    order: options.order ?? '',
    author: options.author ?? '',
    targetSystem: options.targetSystem ?? '',
    stage: options.stage ?? lastStage,
    ...(options.transactional !== undefined && { transactional: options.transactional }),
    recovery: options.recovery ?? 'manual-intervention',
    profiles: Object.freeze([...(options.profiles ?? [])]),
    ...(options.timeout !== undefined && { timeoutMs: parseDuration(options.timeout) }),
    outsideTransaction: options.outsideTransaction ?? 'fail',
    description: options.description ?? null,
    ticket: options.ticket ?? null,
    metadata: options.metadata ?? null,
    withoutRollback: options.rollback === 'none',
  };
}
