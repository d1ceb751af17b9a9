/** The change that a name stands for; several when it was one step there and is many here. */
export type ImportTarget = string | readonly string[] | null | undefined;

/**
 * From another tool's names to change ids: a function, or an object that lists them.
 * No answer: the id is the name. `null`: the row is left out on purpose.
 */
export type ImportMap = ((name: string) => ImportTarget) | Readonly<Record<string, ImportTarget>>;

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
   * A record without rows, or none at all where other things are, is no error, as with a new tenant.
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

/** The change ids that a name stands for; none for a row that is left out. What `map` answers wrongly is among them as it is. */
export function changeIdsFor(name: string, map: ImportMap | undefined): readonly unknown[] {
  const mapped: unknown =
    typeof map === 'function' ? map(name) : map && Object.hasOwn(map, name) ? map[name] : undefined;
  if (mapped === null) return [];
  if (Array.isArray(mapped) && mapped.length) return [...new Set<unknown>(mapped)];
  return [mapped === undefined ? name : mapped];
}
