import type { S3Session } from '../s3-session.js';

/** A configuration of a bucket as S3 has it: rules, and what stands beside them. JSON. */
export interface RuleList<Rule> {
  readonly rules: readonly Rule[];
  /** The rest of the configuration, kept as it is. */
  readonly frame?: Readonly<Record<string, unknown>>;
}

/** A configuration of a bucket that S3 only writes as a whole, and that several parties have rules in. */
export interface RuleKind<Rule> {
  /** Ends the operations' names: `s3.put-cors-rules`. */
  readonly name: string;
  /** `CORS rule`. */
  readonly noun: string;
  /** What names a rule: `ID`, `Sid`. */
  readonly idName: string;
  idOf(rule: Rule): string | undefined;
  /** The rule in a form that is the same for rules that mean the same. JSON. */
  normal(rule: Rule): unknown;
  /** Empty when there is no configuration, or no bucket. */
  read(session: S3Session, bucket: string): Promise<RuleList<Rule>>;
  /** Replaces the whole configuration. */
  write(session: S3Session, bucket: string, list: RuleList<Rule>): Promise<void>;
  /** Removes the configuration. */
  clear(session: S3Session, bucket: string): Promise<void>;
}
