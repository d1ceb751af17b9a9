import type { DataSource } from 'typeorm';
import { momentIn } from '../../../core/kit/import/history-values.js';
import { InvalidChangesError } from '../../../core/model/errors.js';
import type { SqlHistoryOptions } from './sql-history.js';

/** Where another tool keeps its history, and the time zone of times that are stored without one. */
export interface ZonedHistoryOptions extends SqlHistoryOptions {
  /**
   * The time zone of times that the database stores without one, such as `'Europe/Berlin'` or `'+05:30'`: on PostgreSQL that of the
   * machine on which the tool ran, on MySQL and MariaDB that of the server.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;
}

/** The moment of a stored time, in the zone of the options. On SQLite it is always UTC: the tools use SQLite's own clock there. */
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
