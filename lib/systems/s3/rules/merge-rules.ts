import { canonicalJson } from '../../../core/canonical-json.js';
import type { S3Session } from '../s3-session.js';
import type { RuleKind } from './rule-kind.js';

/** How one rule shall be. */
export interface RuleState<Rule> {
  readonly id: string;
  /** Absent: there shall be none of that id. */
  readonly rule?: Rule;
  /** Where it stands among the others; at the end when absent. A rule that is there stays where it is. */
  readonly at?: number;
}

/** The rules with these ids, where they are now. */
export function statesOf<Rule>(
  { idOf }: RuleKind<Rule>,
  rules: readonly Rule[],
  ids: readonly string[],
): RuleState<Rule>[] {
  return ids.map((id) => {
    const at = rules.findIndex((rule) => idOf(rule) === id);
    return at < 0 ? { id } : { id, rule: rules[at], at };
  });
}

/** The rules as they shall be: those of other ids untouched and in their order. */
export function mergeRules<Rule>(
  { idOf }: RuleKind<Rule>,
  rules: readonly Rule[],
  wanted: readonly RuleState<Rule>[],
): Rule[] {
  const merged = [...rules];
  // By their places, so that what is put back to the second place finds the first one taken again.
  for (const { id, rule, at = Infinity } of wanted.toSorted(
    (a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0,
  )) {
    const found = merged.findIndex((one) => idOf(one) === id);
    if (found >= 0) merged.splice(found, 1, ...(rule === undefined ? [] : [rule]));
    else if (rule !== undefined) merged.splice(Math.min(at, merged.length), 0, rule);
  }
  return merged;
}

/** Whether two rules, or two absences of one, are the same. */
export function sameRule<Rule>(kind: RuleKind<Rule>, a: Rule | undefined, b: Rule | undefined): boolean {
  return textOf(kind, a) === textOf(kind, b);
}

/** A rule for people. */
export function textOf<Rule>({ normal }: RuleKind<Rule>, rule: Rule | undefined): string | undefined {
  return rule === undefined ? undefined : canonicalJson(normal(rule));
}

/** Reads, merges and writes. S3 has no condition for it: of two that do so at the same moment, the later wins. */
export async function writeRules<Rule>(
  kind: RuleKind<Rule>,
  session: S3Session,
  bucket: string,
  wanted: readonly RuleState<Rule>[],
): Promise<void> {
  const { rules, frame } = await kind.read(session, bucket);
  const merged = mergeRules(kind, rules, wanted);
  const textsOf = (some: readonly Rule[]): string => canonicalJson(some.map(kind.normal));
  if (textsOf(merged) === textsOf(rules)) return;
  if (merged.length === 0) await kind.clear(session, bucket);
  else await kind.write(session, bucket, { rules: merged, frame });
}
