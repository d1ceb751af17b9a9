/**
 * What another tool says about one of its changes. A rolled back one is not in effect; a failed one may be in part.
 * A struck out one was applied; the tool was told to forget it, and has undone nothing.
 */
export type ImportedState = 'applied' | 'failed' | 'rolled-back' | 'struck-out';

/** Whether there is a record at all: it is `kept`, or `missing`, or everything is new there, as in a new database. */
export type RecordPresence = 'kept' | 'missing' | 'new-place';

/** One row of another tool's record. */
export interface ImportedRow {
  /** What the tool calls the change. One row for each name: the latest. */
  readonly name: string;
  readonly state: ImportedState;
  /** When it was applied, ISO 8601 in UTC; null when the tool does not say. */
  readonly at: string | null;
  /** The time zone that `at` was read in, where the tool's record names none. */
  readonly zone?: string;
  readonly author?: string;
  readonly description?: string;
  /** How long it took, in milliseconds. */
  readonly durationMs?: number;
  /** The tool's own words about a row that is not simply applied, for error messages. */
  readonly remark?: string;
  /** What else the tool recorded, as plain JSON; kept in the audit. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Another tool's record of what it has applied. */
export interface HistorySource {
  /** For people: the tool and the place, without secrets. */
  readonly name: string;
  /** The rows in the order in which they were applied; none when the tool was never used there. Writes nothing. */
  read(): Promise<readonly ImportedRow[]>;
  /**
   * Tells whether the record exists; asked only when it has no rows. Writes nothing.
   *
   * @default 'kept', so that a record without rows is an error
   */
  look?(): Promise<RecordPresence>;
}
