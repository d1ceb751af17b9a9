import type { Dialect } from './dialect.js';

/** Tables whose version is in each row of one of them. */
interface VersionedTables {
  readonly dialect: Dialect;
  /** The first list upgrades from version 1 to 2, and so on. */
  readonly upgrades: readonly (readonly string[])[];
}

/**
 * Upgrades tables, one version after the other. Several replicas may do so at once: an error that says that an object exists already is
 * ignored.
 *
 * @param from - the lowest version in any row
 * @param noteUpgrade - writes the next version into the rows that have the given one
 */
export async function upgradeFrom(
  from: number,
  { dialect, upgrades }: VersionedTables,
  execute: (statement: string) => Promise<unknown>,
  noteUpgrade: (version: number) => Promise<unknown>,
): Promise<void> {
  for (let version = from; version <= upgrades.length; version++) {
    for (const statement of upgrades[version - 1] ?? [])
      await execute(statement).catch((error: unknown) => {
        if (!dialect.errors.isAlreadyThere(error)) throw error;
      });
    await noteUpgrade(version);
  }
}
