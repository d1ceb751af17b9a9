import { DataSource } from 'typeorm';
import { startMariaDb } from '../servers/mariadb.mjs';
import { startMongoDb } from '../servers/mongodb.mjs';
import { startPostgres } from '../servers/postgres.mjs';
import type { TestServer } from '../servers/server.mjs';
import type { DatabaseSpec } from '../crash/app/messages.js';
import { FaultyProxy } from './proxy.js';

/** The servers that are killed and cut off. */
export type FaultyKind = 'postgres' | 'mariadb' | 'mongodb';

/** A server of a test file's own, and the way to it that fails on demand. */
export interface FaultyServer {
  readonly kind: FaultyKind;
  readonly proxy: FaultyProxy;
  /** As the app connects: through the proxy. */
  readonly spec: DatabaseSpec;
  /** As the test connects, to look around the faults. */
  readonly direct: DatabaseSpec;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** MongoDB does not notice that a client is gone; what it had begun stays locked for so long, in seconds. */
const TRANSACTION_SECONDS = 3;

/** How long a driver waits for a new connection, in milliseconds. */
const CONNECT_MS = 1_500;

/** Starts a server that forgets nothing that it has acknowledged when its process is killed. */
export async function startFaultyServer(kind: FaultyKind): Promise<FaultyServer> {
  const server = await start(kind);
  const proxy = await FaultyProxy.start(server.port);
  return {
    kind,
    proxy,
    spec: specAt(kind, proxy.port),
    direct: specAt(kind, server.port),
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: async () => {
      await proxy.stop();
      await server.stop();
    },
  };
}

async function start(kind: FaultyKind): Promise<TestServer> {
  if (kind === 'mongodb') return startMongoDb({ transactionSeconds: TRANSACTION_SECONDS });
  // What a killed process has written is in the system's cache: only what it has kept to itself is lost.
  const server = await (kind === 'mariadb' ? startMariaDb({ durable: true }) : startPostgres());
  if (kind === 'postgres') await once(server.url, 'ALTER ROLE CURRENT_USER SET synchronous_commit = on');
  else await once(server.url, 'CREATE DATABASE faults');
  return server;
}

function specAt(kind: FaultyKind, port: number): DatabaseSpec {
  const at = `127.0.0.1:${port}`;
  switch (kind) {
    case 'postgres': {
      const extra = { connectionTimeoutMillis: CONNECT_MS };
      return {
        system: 'typeorm',
        options: { type: 'postgres', url: `postgres://postgres@${at}/postgres`, extra },
      };
    }
    case 'mariadb': {
      const url = `mysql://root@${at}/faults`;
      return { system: 'typeorm', options: { type: 'mariadb', url, connectTimeout: CONNECT_MS } };
    }
    case 'mongodb': {
      // Else the driver would ask the replica set where it is, and go around the proxy.
      const options = `directConnection=true&connectTimeoutMS=${CONNECT_MS}&serverSelectionTimeoutMS=${CONNECT_MS}&heartbeatFrequencyMS=500`;
      return { system: 'mongodb', url: `mongodb://${at}/faults?${options}`, lockWait: '10s' };
    }
  }
}

async function once(url: string, statement: string): Promise<void> {
  const type = url.startsWith('mysql') ? 'mariadb' : 'postgres';
  const source = await new DataSource({ type, url }).initialize();
  await source.query(statement);
  await source.destroy();
}
