import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type Database } from '../crash/app/database.js';
import type { AppSpec, ChangeSpec, DatabaseSpec, TargetSpec } from '../crash/app/messages.js';
import { newNamespace } from '../crash/harness/deployment.js';
import { createScratch } from '../servers/scratch.mjs';
import { createDatabase } from '../support/databases.js';
import { startFaultyServer, type FaultyKind, type FaultyServer } from './faulty-server.js';

/** What the server that fails is to the app: both in one, or one of them while the other is a file of SQLite or a folder. */
export type Casting =
  'audit and target' | 'audit of marker' | 'target of marker' | 'audit of plain' | 'target of plain';

/** A server that fails and one that does not, for all rows of a test file. */
export interface Stage {
  readonly server: FaultyServer;
  /** An app in a namespace of its own. */
  cast(casting: Casting): Cast;
  close(): Promise<void>;
}

/** An app, and what the test sees of it around the faults. */
export interface Cast {
  readonly app: AppSpec;
  readonly audit: Database;
  /** Where the effects are, if not in a folder. */
  readonly effects: Database | undefined;
}

/** Starts the servers. */
export async function setStage(kind: FaultyKind): Promise<Stage> {
  const folder = createScratch('faults');
  const sqlite = await createDatabase('sqlite');
  const server = await startFaultyServer(kind);
  const spared: DatabaseSpec = { system: 'typeorm', options: sqlite.dataSourceOptions };
  const [failing, sound] = [await openDatabase(server.direct), await openDatabase(spared)];
  await failing.prepare();
  await sound.prepare();
  const targets: Record<Casting, TargetSpec> = {
    'audit and target': { kind: 'audit-database' },
    'audit of marker': { kind: 'database', database: spared },
    'target of marker': { kind: 'database', database: server.spec },
    'audit of plain': { kind: 'folder', root: folder },
    'target of plain': { kind: 'database', database: server.spec },
  };
  return {
    server,
    cast: (casting) => {
      const namespace = newNamespace();
      const auditFails = !casting.startsWith('target');
      const audit = auditFails ? failing : sound;
      const target = targets[casting];
      const app: AppSpec = {
        namespace,
        audit: auditFails ? server.spec : spared,
        targets: {
          target: target.kind === 'folder' ? { kind: 'folder', root: join(folder, namespace) } : target,
        },
        changes: ['a', 'b'].map((id) => changeFor(casting, id)),
      };
      const elsewhere = casting === 'audit of marker' ? sound : failing;
      return { app, audit, effects: target.kind === 'folder' ? undefined : elsewhere };
    },
    close: async () => {
      await failing.close();
      await sound.close();
      await server.stop();
      await sqlite.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A plain change says whether it is in effect, so that no fault needs a person. */
function changeFor(casting: Casting, id: string): ChangeSpec {
  return {
    id,
    target: 'target',
    ...(casting.endsWith('plain') && { verify: 'looks' }),
    ...(casting === 'target of plain' && { transactional: false }),
  };
}
