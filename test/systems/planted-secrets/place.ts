import type { FlamingockOptions } from 'nestjs-flamingock';
import type { Attempt } from '../../nest/support/failure.js';

/** What a change does that its system refuses, with a secret in what it sends. */
export interface Refused extends Attempt {
  work(client: never): unknown;
  /** What must still be told. */
  readonly told: RegExp;
  /** Not seen in the raw error: the system keeps it to itself, or refuses at the commit, or the client takes it out. */
  readonly hidden?: true;
}

/** A system, and an audit store on it where it can be one. */
export interface SecretPlace {
  /** Of an app with the target system `there`, and with a namespace of its own. */
  options(namespace: string): FlamingockOptions;
  readonly refused: Readonly<Record<string, Refused>>;
  /** Everything that the audit store keeps, as text: around this library. */
  stored?(): Promise<string>;
  drop(): Promise<void>;
}
