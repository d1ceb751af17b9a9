import type { RecoveryStrategy } from '../../core/model/audit-entry.js';
import type { ChangeDefinition } from '../../core/model/change.js';
import { parseDuration } from '../../core/model/duration.js';
import type { ChangeOptions } from '../decorators/change-options.js';
import {
  checkFields,
  type Checks,
  duration,
  flag,
  isRecord,
  oneOf,
  plainObject,
  text,
  texts,
} from '../options/field-checks.js';
import type { OutsideTransactionPolicy } from '../../core/model/target-system.js';

/** The part of a change that comes from its options. */
export type ChangeFields = Omit<ChangeDefinition, 'apply' | 'rollback' | 'verify' | 'className' | 'origin'>;

/** The fields, and the faults of the options. A faulty option counts as left out. */
export interface ReadFields {
  readonly fields: ChangeFields;
  readonly faults: readonly string[];
}

/** A blank text passes here: the engine's validation reports it for every change, also one without decorators. */
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

/** Reads the options of `@Change`. Returns every fault; throws nothing. */
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
