import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { AuditStore } from '../../../lib/core/model/audit-store.js';
import { AppendRefusedError } from '../../../lib/core/model/errors.js';
import { assertOutcomes } from '../../../lib/testing/recovery/expectations.js';
import { altered } from '../../../lib/testing/recovery/faults.js';
import { FaultyProxy } from '../../faults/proxy.js';
import { createDatabase } from '../../support/databases.js';
import { play } from '../pairs/play.js';
import { sqlPlaceAt } from '../pairs/sql-location.js';
import { pairLocation, sqlPair } from '../pairs/sql-pair.js';

type Kind = 'postgres' | 'mariadb';

/** What of the drivers' pools and connections is used here. */
interface Connection {
  /** mysql2 */
  readonly stream?: Socket;
  /** pg */
  readonly connection?: { readonly stream: Socket };
}

interface Pool {
  once(event: 'acquire', listener: (connection: Connection) => void): void;
}

/** Something that each server takes without a word, or with an answer that nobody awaits: pg's Sync, mysql's COM_PING. */
const NOTHING: Readonly<Record<Kind, Buffer>> = {
  postgres: Buffer.from([0x53, 0, 0, 0, 4]),
  mariadb: Buffer.from([1, 0, 0, 0, 0x0e]),
};

/** The next connection that the pool gives away is a pipe that has just broken: the driver's own write says EPIPE. */
function breakNextPipe({ driver }: DataSource, kind: Kind, proxy: FaultyProxy): void {
  const pool = Reflect.get(driver, kind === 'postgres' ? 'master' : 'pool') as Pool;
  pool.once('acquire', (connection) => {
    proxy.hangUp();
    const stream = connection.connection?.stream ?? connection.stream;
    assert.ok(stream);
    // The peer that is gone answers it with RST.
    stream.write(NOTHING[kind]);
  });
}

describe.each(['postgres', 'mariadb'] as const)('a broken pipe to %s', (kind) => {
  it('is no answer: a plain change that was applied is not rolled back for it, and is recorded', async () => {
    const { dataSourceOptions, drop } = await createDatabase(kind);
    const database = await sqlPlaceAt(kind, dataSourceOptions, drop);
    const proxy = await FaultyProxy.start(Number(urlOf(dataSourceOptions).port));
    const through = new DataSource(throughProxy(dataSourceOptions, proxy.port));
    const proxied = { ...database, open: () => through.initialize() };
    try {
      await play(
        sqlPair(kind),
        () => pairLocation(proxied, proxied),
        async (scene) => {
          const c1 = scene.change('c1', { transactional: false });
          const errors: unknown[] = [];
          const store = breakingAt(scene.app.pair.store, errors, () => breakNextPipe(through, kind, proxy));
          const result = await scene.app.run([c1], { store });
          expect(errors.map(String).join()).toContain('EPIPE');
          expect(errors.some((error) => error instanceof AppendRefusedError)).toBe(false);
          assertOutcomes(result, 'succeeded', { c1: 'applied' });
          assert.deepEqual(c1.calls, ['apply']);
          await scene.assertRest({ c1: 'S A' }, ['c1']);
        },
      );
    } finally {
      await proxy.stop();
    }
  });
});

/** Breaks the pipe right before the first append of an APPLIED, and keeps what appends throw. */
function breakingAt(store: AuditStore, errors: unknown[], breakPipe: () => void): AuditStore {
  let isBroken = false;
  return altered(store, {
    append: async (entries, fence, session) => {
      if (!isBroken && entries[0]?.state === 'APPLIED') {
        isBroken = true;
        breakPipe();
      }
      await store.append(entries, fence, session).catch((error: unknown) => {
        errors.push(error);
        throw error;
      });
    },
  });
}

function throughProxy(options: DataSourceOptions, port: number): DataSourceOptions {
  const url = urlOf(options);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { ...options, url: url.href, poolSize: 2 } as DataSourceOptions;
}

function urlOf(options: DataSourceOptions): URL {
  return new URL('url' in options ? String(options.url) : '');
}
