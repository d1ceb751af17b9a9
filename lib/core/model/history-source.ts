/**
 * The state of a change in another tool's record. A rolled back change is not in effect; a failed one may be in part.
 * A struck out change was applied; its row was removed from the record later, without undoing the change.
 */
export type ImportedState = 'applied' | 'failed' | 'rolled-back' | 'struck-out';

/** Whether the record exists: it is `kept`, it is `missing`, or the location is new, such as an empty database. */
export type RecordPresence = 'kept' | 'missing' | 'new-place';

/** One row of another tool's record. */
export interface ImportedRow {
  /** The tool's name of the change. There is one row for each name: the latest. */
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
  /** The state in the tool's own words, where the row is not simply applied; for error messages. */
  readonly remark?: string;
  /** Other recorded values, as plain JSON; kept in the audit. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Another tool's record of what it has applied. */
export interface HistorySource {
  /** For people: the tool and the location, without secrets. */
  readonly name: string;
  /** The rows in the order in which they were applied; none when the tool was never used there. Writes nothing. */
  read(): Promise<readonly ImportedRow[]>;
  /**
   * Whether the record exists; called only when it has no rows. Writes nothing.
   *
   * @default 'kept', so that a record without rows is an error
   */
  look?(): Promise<RecordPresence>;
}

/** The id of the change that a name stands for, or several ids when one step of the other tool is several changes here. */
export type ImportTarget = string | readonly string[] | null | undefined;

/**
 * Maps another tool's names to change ids: a function, or an object. `undefined`: the id is the name. `null`: the row is left out
 * on purpose.
 */
export type ImportMap = ((name: string) => ImportTarget) | Readonly<Record<string, ImportTarget>>;

/** How another tool's record is imported. */
export interface ImportRules {
  /** @default the id is the name */
  readonly map?: ImportMap;
  /**
   * Ignore rows that belong to no change in the code, as when several services shared one record.
   *
   * @default false
   */
  readonly allowUnknown?: boolean;
  /**
   * Ignore rows that failed; the next run applies their changes.
   *
   * @default false
   */
  readonly allowFailed?: boolean;
  /**
   * Accept a record without rows, or a missing record in a database that has other tables, as for a new tenant.
   * Not needed in a new, empty database.
   *
   * @default false
   */
  readonly allowEmpty?: boolean;
}

/** How to import another tool's record. */
export interface ImportOptions extends ImportRules {
  /**
   * Only report what would be imported; takes no lock and writes nothing.
   *
   * @default false
   */
  readonly dryRun?: boolean;
}

/** The change ids that a name stands for; none for a row that is left out. A wrong answer of `map` is returned unchecked. */
export function changeIdsFor(name: string, map: ImportMap | undefined): readonly unknown[] {
  const mapped: unknown =
    typeof map === 'function' ? map(name) : map && Object.hasOwn(map, name) ? map[name] : undefined;
  if (mapped === null) return [];
  if (Array.isArray(mapped) && mapped.length) return [...new Set<unknown>(mapped)];
  return [mapped === undefined ? name : mapped];
}

/** A row that became an audit entry. */
export interface ImportedChange {
  readonly changeId: string;
  /** The other tool's name of it. */
  readonly name: string;
}

/** A row that did not become an audit entry, and why. */
export interface IgnoredRow {
  readonly name: string;
  /**
   * `left-out`: the map answered null. `unknown` and `failed`: the options allow such rows. `struck-out`: the row was removed from
   * the record, and the code has no such change either.
   */
  readonly reason: 'left-out' | 'unknown' | 'failed' | 'rolled-back' | 'struck-out';
}

/** What an import did, or with `dryRun` would do. */
export interface ImportReport {
  readonly executionId: string;
  /** The tool and the location. */
  readonly source: string;
  readonly dryRun: boolean;
  /** How many rows were read. */
  readonly rows: number;
  readonly imported: readonly ImportedChange[];
  /** Ids of changes that the audit already has. */
  readonly alreadyKnown: readonly string[];
  readonly ignored: readonly IgnoredRow[];
  /** Further information in sentences, such as: times have no zone, or the record does not exist. */
  readonly notes: readonly string[];
}
