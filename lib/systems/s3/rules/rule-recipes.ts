import { TargetSystemError } from '../../../core/errors.js';
import type { Difference, Recipe, Reversal } from '../../../core/recipe.js';
import type { S3Session } from '../s3-session.js';
import { type RuleState, sameRule, statesOf, textOf, writeRules } from './merge-rules.js';
import type { RuleKind } from './rule-kind.js';

/** Rules that a bucket shall have. */
export interface PutRules<Rule> {
  readonly bucket: string;
  readonly rules: readonly Rule[];
}

/** Rules that a bucket shall not have. */
export interface RemoveRules {
  readonly bucket: string;
  readonly ids: readonly string[];
}

/** The rules that the operation is about, as they were. */
export interface RulesBefore<Rule> {
  readonly bucket: string;
  readonly found: readonly RuleState<Rule>[];
}

type PutRecipe<Rule> = Recipe<S3Session, PutRules<Rule>, RulesBefore<Rule>>;
type RemoveRecipe<Rule> = Recipe<S3Session, RemoveRules, RulesBefore<Rule>>;

/** Adds rules, or replaces those of the same id; all others stay. */
export function puttingRules<Rule>(kind: RuleKind<Rule>): PutRecipe<Rule> {
  const wanted = ({ rules }: PutRules<Rule>): RuleState<Rule>[] =>
    rules.map((rule) => ({ id: kind.idOf(rule) ?? '', rule }));
  const idsOf = (input: PutRules<Rule>): string[] => wanted(input).map(({ id }) => id);
  return {
    operation: `s3.put-${kind.name}`,
    describe: (input) => `put ${named(kind, idsOf(input))} of bucket '${input.bucket}'`,
    read: async (session, input) => readStates(kind, session, input.bucket, idsOf(input)),
    compare: (input, before) => differencesOf(kind, before, wanted(input)),
    apply: (session, input) => writeRules(kind, session, input.bucket, wanted(input)),
    expect: () => undefined,
    reverse: (before) => puttingBack(kind, before),
  };
}

/** Removes the rules of these ids, as far as they are there; all others stay. */
export function removingRules<Rule>(kind: RuleKind<Rule>): RemoveRecipe<Rule> {
  const wanted = ({ ids }: RemoveRules): RuleState<Rule>[] => ids.map((id) => ({ id }));
  return {
    operation: `s3.remove-${kind.name}`,
    describe: ({ bucket, ids }) => `remove ${named(kind, ids)} of bucket '${bucket}'`,
    read: async (session, { bucket, ids }) => readStates(kind, session, bucket, ids),
    compare: (input, before) => differencesOf(kind, before, wanted(input)),
    apply: (session, input) => writeRules(kind, session, input.bucket, wanted(input)),
    expect: () => undefined,
    reverse: (before) => puttingBack(kind, before),
  };
}

async function readStates<Rule>(
  kind: RuleKind<Rule>,
  session: S3Session,
  bucket: string,
  ids: readonly string[],
): Promise<RulesBefore<Rule>> {
  if (ids.includes('') || new Set(ids).size !== ids.length)
    throw new TargetSystemError(
      `Each ${kind.noun} for bucket '${bucket}' needs ${kind.idName === 'ID' ? 'an' : 'a'} ${kind.idName} of its own; got: ${ids.map((id) => `'${id}'`).join(', ')}.`,
      { fix: [`give it a ${kind.idName} by which it is found again, so that the rules of others can stay`] },
    );
  const { rules } = await kind.read(session, bucket);
  return { bucket, found: statesOf(kind, rules, ids) };
}

function differencesOf<Rule>(
  kind: RuleKind<Rule>,
  { found }: RulesBefore<Rule>,
  wanted: readonly RuleState<Rule>[],
): Difference[] {
  return wanted.flatMap(({ id, rule }, index) => {
    const now = found[index]?.rule;
    if (sameRule(kind, now, rule)) return [];
    const [from, to] = [textOf(kind, now), textOf(kind, rule)];
    return [{ what: `${kind.noun} '${id}'`, ...(from && { from }), ...(to && { to }) }];
  });
}

function puttingBack<Rule>(kind: RuleKind<Rule>, { bucket, found }: RulesBefore<Rule>): Reversal<S3Session> {
  const ids = found.map(({ id }) => id);
  return {
    possible: true,
    summary: `put back ${named(kind, ids)} of bucket '${bucket}'`,
    perform: (session) => writeRules(kind, session, bucket, found),
  };
}

function named<Rule>({ noun }: RuleKind<Rule>, ids: readonly string[]): string {
  return `${noun}${ids.length === 1 ? '' : 's'} ${ids.map((id) => `'${id}'`).join(', ')}`;
}
