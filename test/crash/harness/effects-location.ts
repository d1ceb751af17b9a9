import { type Database, openDatabase } from '../app/database.js';
import type { DatabaseSpec } from '../app/messages.js';
import { createLocation, type StoreKind } from './databases.js';

/** Where changes leave their effects, seen by the test. */
export interface EffectsLocation {
  /** What there is of the effects: `change/part#attempt`. */
  left(namespace: string): Promise<string[]>;
  close(): Promise<void>;
}

/** A database, for the audit or for effects. */
export interface OpenLocation extends EffectsLocation {
  readonly spec: DatabaseSpec;
  readonly database: Database;
}

export async function openLocation(kind: StoreKind): Promise<OpenLocation> {
  const { spec, drop } = await createLocation(kind);
  const database = await openDatabase(spec);
  return {
    spec,
    database,
    left: (namespace) => database.left(namespace),
    close: async () => {
      await database.close();
      await drop();
    },
  };
}
