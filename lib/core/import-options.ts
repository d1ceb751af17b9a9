/**
 * From another tool's names to change ids: a function, or an object that lists them.
 * No answer: the id is the name. `null`: the row is left out on purpose.
 */
export type ImportMap =
  ((name: string) => string | null | undefined) | Readonly<Record<string, string | null | undefined>>;

/** How strictly another tool's record is taken. */
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
   * A record without rows is no error, as with a new tenant.
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

/** The change id that a name stands for; null for a row that is left out, anything else that `map` answers as it is. */
export function changeIdFor(name: string, map: ImportMap | undefined): unknown {
  const mapped: unknown =
    typeof map === 'function' ? map(name) : map && Object.hasOwn(map, name) ? map[name] : undefined;
  return mapped === undefined ? name : mapped;
}
