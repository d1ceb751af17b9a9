import { readFileSync } from 'node:fs';
import type { Document } from 'mongodb';

/** What a tool itself wrote; made by fixtures/make.ts. */
export interface Fixture {
  readonly madeBy: string;
  /** The time zone that the tool ran in, where it told no zone. */
  readonly zone: string;
  /** When it began and ended, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Of a SQL database: what makes the tables anew. */
  readonly statements: readonly string[];
  /** Of MongoDB: extended JSON. */
  readonly documents: readonly Document[];
}

export function fixtureOf(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as Fixture;
}

/** True when the tool was at work then; some databases keep whole seconds only. */
export function isWithin({ from, to }: Fixture, at: string | null): boolean {
  const time = Date.parse(at ?? '');
  return time >= Date.parse(from) - 1000 && time <= Date.parse(to);
}
