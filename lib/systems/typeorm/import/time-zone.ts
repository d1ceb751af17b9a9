import type { DataSource } from 'typeorm';
import { InvalidChangesError } from '../../../core/errors.js';
import { momentIn } from '../../../core/import-values.js';
import type { SqlHistoryOptions } from './sql-history.js';

/** Where a tool keeps its record, and which clock it wrote times of, where these have no zone. */
export interface ZonedHistoryOptions extends SqlHistoryOptions {
  /**
   * The time zone of the times in the record, such as `'Europe/Berlin'` or `'+05:30'`: on PostgreSQL that of the machine
   * that the tool ran on, on MySQL and MariaDB that of the server. Only for times that the database keeps without a zone.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;
}

/** A moment of a record in the zone of its options; SQLite's own clock, which the tools ask there, always tells UTC. */
export function zonedMoment(
  value: unknown,
  { timeZone }: ZonedHistoryOptions,
  { options: { type } }: DataSource,
): { readonly at: string | null; readonly zone?: string } {
  if (timeZone !== undefined) assertZone(timeZone);
  const { at, zone } = momentIn(value, timeZone ?? 'UTC');
  if (type !== 'better-sqlite3' && type !== 'sqljs') return { at, ...(zone && { zone }) };
  return { at: momentIn(value, 'UTC').at };
}

function assertZone(timeZone: string): void {
  try {
    momentIn('2000-01-01 00:00:00', timeZone);
  } catch {
    throw new InvalidChangesError([
      `importHistory: timeZone '${timeZone}' is no time zone; write one such as 'Europe/Berlin', 'UTC' or '+05:30'`,
    ]);
  }
}
