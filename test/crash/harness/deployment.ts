import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChainIdentity } from '../../../lib/core/model/audit-store.js';
import { createScratch } from '../../servers/scratch.mjs';
import type { Database } from '../app/database.js';
import type { AppSpec, DatabaseSpec } from '../app/messages.js';
import type { StoreKind } from './databases.js';
import { openLocation } from './effects-location.js';
import { openTarget, type TargetKind } from './targets.js';

/** The target systems by their ids; one alone has the id 'target'. */
export type TargetKinds = TargetKind | Readonly<Record<string, TargetKind>>;

/** The databases of one test file; every scenario has a namespace of its own in them. */
export interface Deployment {
  readonly audit: Database;
  /** For the processes, which connect by themselves. */
  readonly auditSpec: DatabaseSpec;
  /** All databases that its processes connect to. */
  readonly specs: readonly DatabaseSpec[];
  /** The database of a target system that is in one. */
  database(targetId: string): Database | undefined;
  /** The chain of the audit in this namespace; null before its store was opened. */
  chain(namespace: string): Promise<ChainIdentity | null>;
  /** What a scenario with this namespace has as its target systems. */
  targets(namespace: string): AppSpec['targets'];
  /** What there is of the effects: `change/part#attempt`. */
  left(namespace: string): Promise<string[]>;
  /** A file that is not there yet, for telling a blocked process to go on. */
  signalFile(namespace: string): string;
  close(): Promise<void>;
}

/** Makes the databases that an audit store and its target systems need. */
export async function deploy(auditKind: StoreKind, wanted: TargetKinds): Promise<Deployment> {
  const folder = createScratch('crash-files');
  const audit = await openLocation(auditKind);
  const kinds = Object.entries(typeof wanted === 'string' ? { target: wanted } : wanted);
  const targets = await Promise.all(kinds.map(([id, kind]) => openTarget(id, kind, audit, folder)));
  const locations = [...new Set([audit, ...targets.map(({ effects }) => effects)])];
  const databases = [...new Set([audit, ...targets.flatMap(({ location }) => location ?? [])])];
  return {
    audit: audit.database,
    auditSpec: audit.spec,
    specs: databases.map(({ spec }) => spec),
    database: (targetId) => targets.find(({ id }) => id === targetId)?.location?.database,
    chain: async (namespace) => {
      const { storeId } = await audit.database.store(namespace).summary();
      return storeId === null ? null : { storeId, namespace };
    },
    targets: (namespace) => Object.fromEntries(targets.map(({ id, spec }) => [id, spec(namespace)])),
    left: async (namespace) => {
      const acted = new Set(targets.map(({ effects }) => effects));
      const left = await Promise.all([...acted].map((effects) => effects.left(namespace)));
      return left.flat().sort();
    },
    signalFile: (namespace) => join(folder, `${namespace}.go`),
    close: async () => {
      await Promise.all(locations.map((location) => location.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A name that no other scenario has. */
export function newNamespace(): string {
  return `n${randomBytes(6).toString('hex')}`;
}
