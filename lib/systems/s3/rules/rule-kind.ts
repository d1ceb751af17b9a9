import { canonicalJson } from '../../../core/kit/canonical-json.js';
import type { S3Session } from '../connection/s3-session.js';

/** A configuration of a bucket as S3 has it: rules and other members. JSON. */
export interface RuleList<Rule> {
  readonly rules: readonly Rule[];
  /** The other members of the configuration, which stay unchanged. */
  readonly frame?: Readonly<Record<string, unknown>>;
}

/** A configuration of a bucket that holds rules of several parties, and that S3 only writes as a whole. */
export interface RuleKind<Rule> {
  /** Last part of the operations' names: `cors-rules` of `s3.put-cors-rules`. */
  readonly name: string;
  /** One rule, for people: `CORS rule`. */
  readonly noun: string;
  /** Name of the member that identifies a rule: `ID`, `Sid`. */
  readonly idName: keyof Rule & string;
  /** The rule in its normal form: equal for rules of equal meaning. JSON. */
  normal(rule: Rule): unknown;
  /** Reads the configuration; without rules when there is no configuration or no bucket. */
  read(session: S3Session, bucket: string): Promise<RuleList<Rule>>;
  /** Replaces the whole configuration. */
  write(session: S3Session, bucket: string, list: RuleList<Rule>): Promise<void>;
  /** Removes the configuration. */
  clear(session: S3Session, bucket: string): Promise<void>;
}

/** A rule by its id, as it is or as it is asked for. */
export interface RuleState<Rule> {
  readonly id: string;
  /** Absent when there is no rule with that id, or must be none. */
  readonly rule?: Rule;
  /** Index among the rules; at the end when absent. An existing rule keeps its index. */
  readonly at?: number;
}

/** Rules to write into the configuration of a bucket. */
export interface RulesWrite<Rule> {
  readonly bucket: string;
  readonly wanted: readonly RuleState<Rule>[];
  /** Other members for a configuration that does not exist now. */
  readonly frame?: RuleList<Rule>['frame'];
}

/** The id of a rule; undefined when somebody else wrote it without one. */
export function idOf<Rule>({ idName }: RuleKind<Rule>, rule: Rule): string | undefined {
  return rule[idName] as string | undefined;
}

/** The rules with these ids, each with its index. */
export function statesOf<Rule>(
  kind: RuleKind<Rule>,
  rules: readonly Rule[],
  ids: readonly string[],
): RuleState<Rule>[] {
  return ids.map((id) => {
    const at = rules.findIndex((rule) => idOf(kind, rule) === id);
    return at < 0 ? { id } : { id, rule: rules[at], at };
  });
}

/** The rules after the write. Rules with other ids stay unchanged and in their order. */
function mergeRules<Rule>(
  kind: RuleKind<Rule>,
  rules: readonly Rule[],
  wanted: readonly RuleState<Rule>[],
): Rule[] {
  const merged = [...rules];
  // In the order of their indexes, so that the first rule is back before the second is inserted behind it.
  for (const { id, rule, at = Infinity } of wanted.toSorted(
    (a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0,
  )) {
    const found = merged.findIndex((one) => idOf(kind, one) === id);
    if (found >= 0) merged.splice(found, 1, ...(rule === undefined ? [] : [rule]));
    else if (rule !== undefined) merged.splice(Math.min(at, merged.length), 0, rule);
  }
  return merged;
}

/** Whether two rules have the same meaning; an absent rule equals only an absent one. */
export function sameRule<Rule>(kind: RuleKind<Rule>, a: Rule | undefined, b: Rule | undefined): boolean {
  return textOf(kind, a) === textOf(kind, b);
}

/** The normal form of a rule as a text. */
export function textOf<Rule>({ normal }: RuleKind<Rule>, rule: Rule | undefined): string | undefined {
  return rule === undefined ? undefined : canonicalJson(normal(rule));
}

/** Reads the configuration, merges the rules and writes it. S3 has no conditional write here: of two writers, the later wins. */
export async function writeRules<Rule>(
  kind: RuleKind<Rule>,
  session: S3Session,
  { bucket, wanted, frame: former }: RulesWrite<Rule>,
): Promise<void> {
  const { rules, frame = former } = await kind.read(session, bucket);
  const merged = mergeRules(kind, rules, wanted);
  const textsOf = (some: readonly Rule[]): string => canonicalJson(some.map(kind.normal));
  if (textsOf(merged) === textsOf(rules)) return;
  if (merged.length === 0) await kind.clear(session, bucket);
  else await kind.write(session, bucket, { rules: merged, frame });
}

/** A normal form that ignores the order of lists, and takes an empty list for an absent one. JSON. */
export function sortedLists(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sortedLists).toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([, member]) => !(Array.isArray(member) && member.length === 0),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, sortedLists(member)]));
}
