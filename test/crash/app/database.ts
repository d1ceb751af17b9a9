import type { AuditStore } from '../../../lib/core/model/audit-store.js';
import type { TransactionalTargetSystem } from '../../../lib/core/model/target-system.js';
import type { EffectsOf } from './effects.js';
import type { DatabaseSpec } from './messages.js';

/** A database of any system, with a connection of its own: a place for the audit, and for the effects of changes. */
export interface Database {
  store(namespace: string): AuditStore;
  target(id: string): TransactionalTargetSystem;
  /** Makes the place where the effects are kept. */
  prepare(): Promise<void>;
  /** How changes leave their effects here. */
  effects(namespace: string): EffectsOf;
  /** What there is of the effects: `change/part#attempt`. */
  left(namespace: string): Promise<string[]>;
  close(): Promise<void>;
}

const SYSTEMS = {
  typeorm: () => import('./typeorm.database.js'),
  mongodb: () => import('./mongodb.database.js'),
  dynamodb: () => import('./dynamodb.database.js'),
};

/** Connects. A process loads no driver but the one that it needs, so that it is up in a moment. */
export async function openDatabase(spec: DatabaseSpec): Promise<Database> {
  switch (spec.system) {
    case 'typeorm':
      return (await SYSTEMS.typeorm()).openTypeOrm(spec.options);
    case 'mongodb':
      return (await SYSTEMS.mongodb()).openMongoDb(spec);
    case 'dynamodb':
      return (await SYSTEMS.dynamodb()).openDynamoDb(spec.url, spec.prefix);
  }
}

/** What TypeORM itself loads only when it connects. */
const SQL_DRIVERS: Readonly<Record<string, string>> = { postgres: 'pg', mariadb: 'mysql2' };

/** Loads what connecting needs, without connecting. */
export async function loadDrivers(spec: DatabaseSpec): Promise<void> {
  await SYSTEMS[spec.system]();
  if (spec.system === 'typeorm') await import(SQL_DRIVERS[spec.options.type] ?? spec.options.type);
}
