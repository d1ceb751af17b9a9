import type { Connection, mongo } from 'mongoose';
import type { Client, Clients, ClientToken } from '../../../core/model/target-system.js';
import { clientKinds, GuardedClients } from './guarded-clients.js';
import type { MongoAttempt } from './mongo-attempt.js';

/** A connection and the token under which the container knows it. */
export interface KnownConnection {
  readonly connection: Connection;
  /** `DatabaseConnection`, or `catalogConnection` for the connection named `catalog`. */
  readonly token: string;
  /** True for the default connection, whose models have short tokens. */
  readonly isDefault: boolean;
}

interface Instances {
  readonly connection: Connection;
  readonly session: mongo.ClientSession;
  readonly db: mongo.Db;
  readonly client: mongo.MongoClient;
  model(name: string): object;
}

/** Clients that parameters are matched with before anything runs; they are not for use. */
export function clientsAtRest(known: KnownConnection): Clients {
  const { connection } = known;
  const { mongo: driver } = connection.base;
  const blank = <T>(of: { readonly prototype: T & object }): T => Object.create(of.prototype) as T;
  return clientsOf(known, {
    connection,
    session: blank(driver.ClientSession),
    db: blank(driver.Db),
    client: blank(driver.MongoClient),
    model: (name) => connection.model(name),
  });
}

/** The clients of an attempt. */
export function attemptClients(known: KnownConnection, db: mongo.Db, attempt: MongoAttempt): Clients {
  const { connection } = known;
  const guarded = new GuardedClients(attempt, clientKinds(connection.base));
  return clientsOf(known, {
    connection: guarded.of(connection, 'Connection'),
    session: attempt.given,
    db: guarded.of(db, 'Db'),
    client: guarded.of(attempt.client, 'MongoClient'),
    model: (name) => guarded.of(connection.model(name), name),
  });
}

/** Each client under its name and its class; the connection and its models also under their tokens of `@nestjs/mongoose`. */
function clientsOf(known: KnownConnection, { connection, session, db, client, model }: Instances): Clients {
  const { base } = known.connection;
  const both = (name: string, type: ClientToken, instance: object): Client[] => [
    { token: name, instance },
    { token: type, instance },
  ];
  const prefix = known.isDefault ? '' : `${known.token}/`;
  return [
    { token: 'Connection', instance: connection },
    { token: base.Connection, instance: connection },
    { token: known.token, instance: connection },
    ...both('ClientSession', base.mongo.ClientSession, session),
    ...both('Db', base.mongo.Db, db),
    ...both('MongoClient', base.mongo.MongoClient, client),
    ...known.connection
      .modelNames()
      .map((name) => ({ token: `${prefix}${name}Model`, instance: model(name) })),
  ];
}
