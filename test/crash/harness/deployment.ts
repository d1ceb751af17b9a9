import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createScratch } from '../../servers/scratch.mjs';
import { createDatabase, type DatabaseKind, type TestDatabase } from '../../support/databases.js';
import type { TargetSpec } from '../app/messages.js';
import { EFFECTS_TABLE } from '../app/table-effects.js';
import { killAll, type Child } from './child.js';
import { compileApp, type CompiledApp } from './compile.js';

/** Where the changes of a deployment act: beside the audit, in another database, or in a folder. */
export type TargetKind = 'audit-database' | 'folder' | DatabaseKind;

/** The databases of one test file; every scenario has a namespace of its own in them. */
export interface Deployment {
  readonly compiled: CompiledApp;
  readonly audit: DataSource;
  /** Where the effects are, when they are in a database. */
  readonly effects: DataSource | undefined;
  /** Processes that wait for another job. */
  readonly idle: Child[];
  /** What a scenario with this namespace has as its target. */
  target(namespace: string): TargetSpec;
  /** A file that is not there yet, for telling a blocked process to go on. */
  signalFile(namespace: string): string;
  close(): Promise<void>;
}

/** Makes the databases that a pair of audit store and target system needs. */
export async function deploy(auditKind: DatabaseKind, targetKind: TargetKind): Promise<Deployment> {
  const compiled = await compileApp();
  const folder = createScratch('crash-files');
  const databases: TestDatabase[] = [await createDatabase(auditKind)];
  const elsewhere = targetKind !== 'audit-database' && targetKind !== 'folder';
  if (elsewhere) databases.push(await createDatabase(targetKind));
  const sources = await Promise.all(
    databases.map(({ dataSourceOptions }) => new DataSource(dataSourceOptions).initialize()),
  );
  const [audit, other = audit] = sources as [DataSource, ...DataSource[]];
  await other.query(EFFECTS_TABLE);
  const idle: Child[] = [];
  return {
    compiled,
    audit,
    idle,
    effects: targetKind === 'folder' ? undefined : other,
    target: (namespace) => {
      if (targetKind === 'folder') return { kind: 'folder', root: join(folder, namespace) };
      return elsewhere ? { kind: 'database', options: other.options } : { kind: 'audit-database' };
    },
    signalFile: (namespace) => join(folder, `${namespace}.go`),
    close: async () => {
      await killAll(idle);
      await Promise.all(sources.map((source) => source.destroy()));
      await Promise.all(databases.map((database) => database.drop()));
      rmSync(folder, { recursive: true, force: true });
      compiled.remove();
    },
  };
}

/** A name that no other scenario has. */
export function newNamespace(): string {
  return `n${randomBytes(6).toString('hex')}`;
}
