import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createScratch } from '../../servers/scratch.mjs';
import { type Database, openDatabase } from '../app/database.js';
import type { DatabaseSpec, TargetSpec } from '../app/messages.js';
import { createCrashBucket } from './bucket.js';
import { killAll, type Child } from './child.js';
import { compileApp, type CompiledApp } from './compile.js';
import { createPlace, type StoreKind } from './databases.js';

/** Where the changes of a deployment act: beside the audit, in another database, in a folder or in a bucket. */
export type TargetKind = 'audit-database' | 'folder' | 's3' | StoreKind;

/** The databases of one test file; every scenario has a namespace of its own in them. */
export interface Deployment {
  readonly compiled: CompiledApp;
  readonly audit: Database;
  /** For the processes, which connect by themselves. */
  readonly auditSpec: DatabaseSpec;
  /** Where the effects are, when they are in a database. */
  readonly effects: Database | undefined;
  /** Processes that wait for another job. */
  readonly idle: Child[];
  /** What a scenario with this namespace has as its target. */
  target(namespace: string): TargetSpec;
  /** A file that is not there yet, for telling a blocked process to go on. */
  signalFile(namespace: string): string;
  close(): Promise<void>;
}

/** Makes the databases that a pair of audit store and target system needs. */
export async function deploy(auditKind: StoreKind, targetKind: TargetKind): Promise<Deployment> {
  const compiled = await compileApp();
  const folder = createScratch('crash-files');
  const places = [await createPlace(auditKind)];
  const elsewhere = targetKind !== 'audit-database' && targetKind !== 'folder' && targetKind !== 's3';
  if (elsewhere) places.push(await createPlace(targetKind));
  const [auditSpec, otherSpec = auditSpec] = places.map(({ spec }) => spec) as [
    DatabaseSpec,
    ...DatabaseSpec[],
  ];
  const databases = await Promise.all(places.map(({ spec }) => openDatabase(spec)));
  const [audit, other = audit] = databases as [Database, ...Database[]];
  await other.prepare();
  const bucket = targetKind === 's3' ? await createCrashBucket() : undefined;
  const idle: Child[] = [];
  return {
    compiled,
    audit,
    auditSpec,
    idle,
    effects: targetKind === 'folder' || bucket ? undefined : other,
    target: (namespace) => {
      if (targetKind === 'folder') return { kind: 'folder', root: join(folder, namespace) };
      if (bucket) return { kind: 's3', place: bucket.spec(namespace) };
      return elsewhere ? { kind: 'database', database: otherSpec } : { kind: 'audit-database' };
    },
    signalFile: (namespace) => join(folder, `${namespace}.go`),
    close: async () => {
      await killAll(idle);
      await Promise.all(databases.map((database) => database.close()));
      await Promise.all(places.map((place) => place.drop()));
      await bucket?.drop();
      rmSync(folder, { recursive: true, force: true });
      compiled.remove();
    },
  };
}

/** A name that no other scenario has. */
export function newNamespace(): string {
  return `n${randomBytes(6).toString('hex')}`;
}
