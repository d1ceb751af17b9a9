import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { createScratch } from '../servers/scratch.mjs';

/** The databases that a test can ask for; the first two are real servers. */
export type DatabaseKind = 'postgres' | 'mariadb' | 'sqlite';

/** A database of one test file, empty when handed out. */
export interface TestDatabase {
  readonly name: string;
  /** For `new DataSource({ ...options, entities })` and `TypeOrmModule.forRoot(options)`. */
  readonly dataSourceOptions: DataSourceOptions;
  /** Removes it; connections that are still open are cut (PostgreSQL, MariaDB). */
  drop(): Promise<void>;
}

/**
 * Makes a fresh database: on the shared server, or for SQLite a file in a temp folder.
 *
 * @throws when the server of that kind was not started for this run. It is never skipped.
 */
export async function createDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const name = databaseName();
  if (kind === 'sqlite') {
    const folder = createScratch('sqlite');
    const dataSourceOptions = { type: 'better-sqlite3', database: join(folder, `${name}.sqlite`) } as const;
    return { name, dataSourceOptions, drop: async () => rmSync(folder, { recursive: true, force: true }) };
  }
  const server = new URL(serverUrl(kind));
  const execute = kind === 'postgres' ? executeOnPostgres : executeOnMariaDb;
  await execute(server.href, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    name,
    dataSourceOptions: { type: kind, url: url.href },
    drop: () =>
      execute(server.href, `DROP DATABASE IF EXISTS ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`),
  };
}

/** A MongoDB database of one test file: MongoDB makes it with the first write. */
export interface TestMongoDatabase {
  readonly name: string;
  /** For `mongoose.createConnection(url)` and `MongooseModule.forRoot(url)`. */
  readonly url: string;
  drop(): Promise<void>;
}

/** A fresh database on the shared MongoDB. @throws when it was not started for this run. It is never skipped. */
export function createMongoDatabase(): TestMongoDatabase {
  const name = databaseName();
  const url = new URL(serverUrl('mongodb'));
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => dropMongoDatabase(url.href) };
}

const VARIABLES = {
  postgres: 'POSTGRES_URL',
  mariadb: 'MARIADB_URL',
  mongodb: 'MONGODB_URL',
  dynamodb: 'DYNAMODB_URL',
  s3: 'S3_URL',
  's3-mock': 'S3_MOCK_URL',
  kafka: 'KAFKA_BROKERS',
  'schema-registry': 'SCHEMA_REGISTRY_URL',
  couchbase: 'COUCHBASE_URL',
} as const;

/** The address of the shared server. Throws when this run has none. */
export function serverUrl(kind: keyof typeof VARIABLES): string {
  const variable = VARIABLES[kind];
  const url = process.env[variable];
  if (!url) {
    throw new Error(
      `This test needs ${kind}, and ${variable} is not set: FLAMINGOCK_TEST_SERVERS is ` +
        `"${process.env.FLAMINGOCK_TEST_SERVERS ?? ''}". To fix: unset it, add "${kind}" to it, or set ${variable}.`,
    );
  }
  return url;
}

function databaseName(): string {
  return `flamingock_${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(6).toString('hex')}`;
}

async function dropMongoDatabase(url: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(url);
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}

async function executeOnPostgres(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function executeOnMariaDb(url: string, statement: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
