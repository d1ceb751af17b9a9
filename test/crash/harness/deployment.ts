import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createScratch } from '../../servers/scratch.mjs';
import { type Database, openDatabase } from '../app/database.js';
import type { AppSpec, DatabaseSpec, TargetSpec } from '../app/messages.js';
import { killAll, type Child } from './child.js';
import { compileApp, type CompiledApp } from './compile.js';
import { createPlace, type StoreKind } from './databases.js';

/** Where the changes of a deployment act: beside the audit, in another database, or in a folder. */
export type TargetKind = 'audit-database' | 'folder' | StoreKind;

/** The target systems by their ids; one alone has the id 'target'. */
export type TargetKinds = TargetKind | Readonly<Record<string, TargetKind>>;

/** The databases of one test file; every scenario has a namespace of its own in them. */
export interface Deployment {
  readonly compiled: CompiledApp;
  readonly audit: Database;
  /** For the processes, which connect by themselves. */
  readonly auditSpec: DatabaseSpec;
  /** Where the effects are, by the id of their target system, when they are in a database. */
  readonly effects: ReadonlyMap<string, Database>;
  /** Processes that wait for another job. */
  readonly idle: Child[];
  /** What a scenario with this namespace has as its target systems. */
  targets(namespace: string): AppSpec['targets'];
  /** A file that is not there yet, for telling a blocked process to go on. */
  signalFile(namespace: string): string;
  close(): Promise<void>;
}

/** Makes the databases that an audit store and its target systems need. */
export async function deploy(auditKind: StoreKind, wanted: TargetKinds): Promise<Deployment> {
  const compiled = await compileApp();
  const folder = createScratch('crash-files');
  const audit = await openPlace(auditKind);
  const targets = await openTargets(typeof wanted === 'string' ? { target: wanted } : wanted, audit, folder);
  const places = new Set([audit, ...targets.flatMap(({ place }) => place ?? [])]);
  const idle: Child[] = [];
  return {
    compiled,
    audit: audit.database,
    auditSpec: audit.spec,
    idle,
    effects: new Map(targets.flatMap(({ id, place }) => (place ? [[id, place.database]] : []))),
    targets: (namespace) => Object.fromEntries(targets.map(({ id, spec }) => [id, spec(namespace)])),
    signalFile: (namespace) => join(folder, `${namespace}.go`),
    close: async () => {
      await killAll(idle);
      await Promise.all([...places].map(({ close }) => close()));
      rmSync(folder, { recursive: true, force: true });
      compiled.remove();
    },
  };
}

/** A name that no other scenario has. */
export function newNamespace(): string {
  return `n${randomBytes(6).toString('hex')}`;
}

interface OpenPlace {
  readonly spec: DatabaseSpec;
  readonly database: Database;
  close(): Promise<void>;
}

async function openPlace(kind: StoreKind): Promise<OpenPlace> {
  const { spec, drop } = await createPlace(kind);
  const database = await openDatabase(spec);
  const close = async (): Promise<void> => {
    await database.close();
    await drop();
  };
  return { spec, database, close };
}

interface OpenTarget {
  readonly id: string;
  /** Absent where the effects are files. */
  readonly place?: OpenPlace;
  spec(namespace: string): TargetSpec;
}

async function openTargets(
  kinds: Readonly<Record<string, TargetKind>>,
  audit: OpenPlace,
  folder: string,
): Promise<OpenTarget[]> {
  const targets = await Promise.all(
    Object.entries(kinds).map(([id, kind]) => openTarget(id, kind, audit, folder)),
  );
  const places = new Set(targets.flatMap(({ place }) => place ?? []));
  await Promise.all([...places].map(({ database }) => database.prepare()));
  return targets;
}

async function openTarget(
  id: string,
  kind: TargetKind,
  audit: OpenPlace,
  folder: string,
): Promise<OpenTarget> {
  if (kind === 'folder')
    return { id, spec: (namespace) => ({ kind: 'folder', root: join(folder, namespace, id) }) };
  if (kind === 'audit-database') return { id, place: audit, spec: () => ({ kind: 'audit-database' }) };
  const place = await openPlace(kind);
  return { id, place, spec: () => ({ kind: 'database', database: place.spec }) };
}
