import { randomUUID } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import { run } from '../lib/core/engine/run.js';
import type { ChangeDefinition } from '../lib/core/model/change.js';
import type { EngineSettings } from '../lib/core/model/settings.js';
import { systemClock } from '../lib/nest/system-clock.js';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from '../lib/systems/typeorm/index.js';

/** The statement that change or migration number `index` makes. */
export function statement(index: number): string {
  return `INSERT INTO bench_effect (id) VALUES (${index})`;
}

function changeNumber(index: number): ChangeDefinition {
  const order = String(index).padStart(4, '0');
  return {
    id: `change-${order}`,
    order,
    author: 'bench',
    targetSystem: 'db',
    stage: 'default',
    recovery: 'manual-intervention',
    profiles: [],
    outsideTransaction: 'fail',
    description: null,
    ticket: null,
    metadata: null,
    className: `Change${order}`,
    origin: 'bench',
    withoutRollback: false,
    apply: { name: 'apply', invoke: ([{ instance }]) => (instance as QueryRunner).query(statement(index)) },
  };
}

function settingsFor(dataSource: DataSource, count: number): EngineSettings {
  return {
    changes: Array.from({ length: count }, (_, index) => changeNumber(index)),
    store: new TypeOrmAuditStore(dataSource),
    targets: new Map([['db', new TypeOrmTargetSystem('db', dataSource)]]),
    activeProfiles: [],
    outOfOrder: 'warn',
    unknownChanges: 'warn',
    imports: [],
    lock: { leaseMs: 30_000, waitMs: 300_000, retryMs: 200 },
    clock: systemClock,
    identity: { host: 'bench', actor: 'bench', environment: null, appVersion: null, app: null },
    emit: () => undefined,
    loggerFor: () => console,
  };
}

/** One boot of an app with `count` changes. @throws when the run does not end as `status` */
export async function boot(dataSource: DataSource, count: number, status: string): Promise<void> {
  const { report, error } = await run(settingsFor(dataSource, count), {
    executionId: randomUUID(),
    stop: new AbortController().signal,
  });
  if (error) throw error;
  if (report.status !== status) throw new Error(`the run ended as ${report.status}, not ${status}`);
}
