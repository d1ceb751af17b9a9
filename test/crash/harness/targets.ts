import { join } from 'node:path';
import { serverUrl } from '../../support/databases.js';
import type { TargetSpec } from '../app/messages.js';
import { createCrashBucket, objectsIn } from './bucket.js';
import type { StoreKind } from './databases.js';
import { type EffectsLocation, openLocation, type OpenLocation } from './effects-location.js';
import { filesIn } from './files-left.js';
import { kafkaLeft } from './kafka-left.js';
import { leftInRegistry, registryTarget } from './registry-effects-left.js';

/** Where the changes of a deployment act: beside the audit, in another database, or in a system without transactions. */
export type TargetKind = 'audit-database' | PlainKind | StoreKind;

type PlainKind = 'folder' | 's3' | 'schema-registry' | 'kafka-topics' | 'kafka-events';

/** A target system of a deployment. */
export interface OpenTarget {
  readonly id: string;
  readonly effects: EffectsLocation;
  /** The same, when it is a database. */
  readonly location?: OpenLocation;
  spec(namespace: string): TargetSpec;
}

type Opened = Omit<OpenTarget, 'id'>;

const nothingToClose = async (): Promise<void> => {};

/** @param folder - where files may be */
export async function openTarget(
  id: string,
  kind: TargetKind,
  audit: OpenLocation,
  folder: string,
): Promise<OpenTarget> {
  return { id, ...(isPlain(kind) ? await PLAIN[kind](join(folder, id)) : await openStore(kind, audit)) };
}

async function openStore(kind: 'audit-database' | StoreKind, audit: OpenLocation): Promise<Opened> {
  const location = kind === 'audit-database' ? audit : await openLocation(kind);
  await location.database.prepare();
  const spec: TargetSpec = location === audit ? { kind: 'audit-database' } : elsewhere(location);
  return { location, effects: location, spec: () => spec };
}

function elsewhere({ spec }: OpenLocation): TargetSpec {
  return { kind: 'database', database: spec };
}

const PLAIN: Readonly<Record<PlainKind, (folder: string) => Opened | Promise<Opened>>> = {
  folder: (folder) => {
    const rootOf = (namespace: string): string => join(folder, namespace);
    const left = async (namespace: string): Promise<string[]> => filesIn(rootOf(namespace));
    return {
      spec: (namespace) => ({ kind: 'folder', root: rootOf(namespace) }),
      effects: { left, close: nothingToClose },
    };
  },
  s3: async () => {
    const bucket = await createCrashBucket();
    return {
      spec: (namespace) => ({ kind: 's3', location: bucket.spec(namespace) }),
      effects: { left: (namespace) => objectsIn(bucket.spec(namespace)), close: () => bucket.drop() },
    };
  },
  'schema-registry': () => ({
    spec: registryTarget,
    effects: { left: (namespace) => leftInRegistry(registryTarget(namespace)), close: nothingToClose },
  }),
  'kafka-topics': () => onKafka('topics'),
  'kafka-events': () => onKafka('events'),
};

function onKafka(effects: 'topics' | 'events'): Opened {
  const spec = { kind: 'kafka', brokers: serverUrl('kafka'), effects } as const;
  return {
    spec: () => spec,
    effects: { left: (namespace) => kafkaLeft(spec, namespace), close: nothingToClose },
  };
}

function isPlain(kind: TargetKind): kind is PlainKind {
  return Object.hasOwn(PLAIN, kind);
}
