import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference, Recipe, Reversal } from '../../../core/model/recipe.js';
import { type BucketSettings, putBackSettings, writeSettings } from '../writes/bucket-settings.js';
import { isRefusal } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';
import {
  idOf,
  type RuleKind,
  type RuleList,
  type RuleState,
  sameRule,
  statesOf,
  textOf,
  writeRules,
} from './rule-kind.js';

/** The rules to add or replace. */
export interface PutRules<Rule> {
  readonly bucket: string;
  readonly rules: readonly Rule[];
}

/** The rules to remove. */
export interface RemoveRules {
  readonly bucket: string;
  readonly ids: readonly string[];
}

/** The rules with the operation's ids, as they were. */
export interface RulesBefore<Rule> {
  readonly bucket: string;
  readonly found: readonly FoundRule<Rule>[];
  /** Other members of the configuration. */
  readonly frame?: RuleList<Rule>['frame'];
}

/** A rule as it was. */
export interface FoundRule<Rule> extends RuleState<Rule> {
  /** The rule was already as asked for, so the operation does not touch it. */
  readonly asAsked?: true;
}

type PutRecipe<Rule> = Recipe<S3Session, PutRules<Rule>, RulesBefore<Rule>>;
type RemoveRecipe<Rule> = Recipe<S3Session, RemoveRules, RulesBefore<Rule>>;

/** A recipe that adds rules, or replaces those with the same id; all others stay. */
export function puttingRules<Rule>(kind: RuleKind<Rule>): PutRecipe<Rule> {
  const wanted = ({ rules }: PutRules<Rule>): RuleState<Rule>[] =>
    rules.map((rule) => ({ id: idOf(kind, rule) ?? '', rule }));
  return {
    ...recipeOf(kind, wanted),
    operation: `s3.put-${kind.name}`,
    describe: (input) => `put ${named(kind, wanted(input))} of bucket '${input.bucket}'`,
  };
}

/** A recipe that removes the rules with these ids; all others stay. */
export function removingRules<Rule>(kind: RuleKind<Rule>): RemoveRecipe<Rule> {
  const wanted = ({ ids }: RemoveRules): RuleState<Rule>[] => ids.map((id) => ({ id }));
  return {
    ...recipeOf(kind, wanted),
    operation: `s3.remove-${kind.name}`,
    describe: (input) => `remove ${named(kind, wanted(input))} of bucket '${input.bucket}'`,
  };
}

function recipeOf<Rule, Input extends { readonly bucket: string }>(
  kind: RuleKind<Rule>,
  wantedBy: (input: Input) => readonly RuleState<Rule>[],
): Omit<Recipe<S3Session, Input, RulesBefore<Rule>>, 'operation' | 'describe'> {
  return {
    read: (session, input) => readStates(kind, session, input.bucket, wantedBy(input)),
    compare: (input, before) => differencesOf(kind, before, wantedBy(input)),
    async apply(session, input, { bucket, found }) {
      const wanted = wantedBy(input).filter((_, index) => !found[index]?.asAsked);
      const { settings, values } = asSettings(kind, session, bucket, wanted);
      await writeSettings(session, settings, values, () => writeRules(kind, session, { bucket, wanted }));
    },
    expect: () => undefined,
    wasRefused: isRefusal,
    reverse: (before) => puttingBack(kind, before),
  };
}

async function readStates<Rule>(
  kind: RuleKind<Rule>,
  session: S3Session,
  bucket: string,
  wanted: readonly RuleState<Rule>[],
): Promise<RulesBefore<Rule>> {
  const ids = wanted.map(({ id }) => id);
  if (ids.includes('') || new Set(ids).size !== ids.length)
    throw new TargetSystemError(
      `Each ${kind.noun} for bucket '${bucket}' needs ${kind.idName === 'ID' ? 'an' : 'a'} ${kind.idName} of its own; got: ${ids.map((id) => `'${id}'`).join(', ')}.`,
      { fix: [`give it a ${kind.idName} by which it is found again, so that the rules of others can stay`] },
    );
  const { rules, frame } = await kind.read(session, bucket);
  const found = statesOf(kind, rules, ids).map((state, index): FoundRule<Rule> =>
    sameRule(kind, state.rule, wanted[index]?.rule) ? { ...state, asAsked: true } : state,
  );
  return { bucket, found, ...(frame && { frame }) };
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

function puttingBack<Rule>(
  kind: RuleKind<Rule>,
  { bucket, found, frame }: RulesBefore<Rule>,
): Reversal<S3Session> {
  const wanted = found.filter(({ asAsked }) => !asAsked);
  return {
    possible: true,
    summary: `put back ${named(kind, wanted)} of bucket '${bucket}'`,
    perform: (session) => {
      const { settings, values } = asSettings(kind, session, bucket, wanted);
      return putBackSettings(session, settings, values, () =>
        writeRules(kind, session, { bucket, wanted, frame }),
      );
    },
  };
}

/** Each rule is one setting, so that changes to rules of others are no conflict. */
function asSettings<Rule>(
  kind: RuleKind<Rule>,
  session: S3Session,
  bucket: string,
  wanted: readonly RuleState<Rule>[],
): { readonly settings: BucketSettings; readonly values: readonly unknown[] } {
  const ids = wanted.map(({ id }) => id);
  const valuesOf = (states: readonly RuleState<Rule>[]): unknown[] =>
    states.map(({ rule }) => rule && kind.normal(rule));
  const read = async (): Promise<unknown[]> =>
    valuesOf(statesOf(kind, (await kind.read(session, bucket)).rules, ids));
  const names = ids.map((id) => `${kind.noun} '${id}' of bucket '${bucket}'`);
  return { settings: { names, read }, values: valuesOf(wanted) };
}

function named<Rule>({ noun }: RuleKind<Rule>, states: readonly RuleState<Rule>[]): string {
  return `${noun}${states.length === 1 ? '' : 's'} ${states.map(({ id }) => `'${id}'`).join(', ')}`;
}
