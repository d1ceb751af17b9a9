import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createScratch } from '../../servers/scratch.mjs';
import { type Database, openDatabase } from '../app/database.js';
import type { DatabaseSpec, TargetSpec } from '../app/messages.js';
import { compileApp, type CompiledApp } from './compile.js';
import { createPlace, type StoreKind } from './databases.js';

/** Where the changes of a deployment act: beside the audit, in another database, or in a folder. */
export type TargetKind = 'audit-database' | 'folder' | StoreKind;

/** The databases of one test file; every scenario has a namespace of its own in them. */
export interface Deployment {
  readonly compiled: CompiledApp;
  readonly audit: Database;
  /** For the processes, which connect by themselves. */
  readonly auditSpec: DatabaseSpec;
  /** All databases that its processes connect to. */
  readonly specs: readonly DatabaseSpec[];
  /** Where the effects are, when they are in a database. */
  readonly effects: Database | undefined;
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
  const elsewhere = targetKind !== 'audit-database' && targetKind !== 'folder';
  if (elsewhere) places.push(await createPlace(targetKind));
  const specs = places.map(({ spec }) => spec);
  const [auditSpec, otherSpec = auditSpec] = specs as [DatabaseSpec, ...DatabaseSpec[]];
  const databases = await Promise.all(specs.map(openDatabase));
  const [audit, other = audit] = databases as [Database, ...Database[]];
  await other.prepare();
  return {
    compiled,
    audit,
    auditSpec,
    specs,
    effects: targetKind === 'folder' ? undefined : other,
    target: (namespace) => {
      if (targetKind === 'folder') return { kind: 'folder', root: join(folder, namespace) };
      return elsewhere ? { kind: 'database', database: otherSpec } : { kind: 'audit-database' };
    },
    signalFile: (namespace) => join(folder, `${namespace}.go`),
    close: async () => {
      await Promise.all(databases.map((database) => database.close()));
      await Promise.all(places.map((place) => place.drop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A name that no other scenario has. */
export function newNamespace(): string {
  return `n${randomBytes(6).toString('hex')}`;
}
