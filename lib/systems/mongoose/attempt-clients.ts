import type { Connection, mongo } from 'mongoose';
import type { Client, Clients, ClientToken } from '../../core/target-system.js';
import { Handles } from './handles.js';
import { handleKinds } from './handle-kinds.js';
import type { MongoAttempt } from './mongo-attempt.js';

/** A connection and the token under which the container knows it. */
export interface KnownConnection {
  readonly connection: Connection;
  /** `DatabaseConnection`, or `catalogConnection` for one that is called `catalog`. */
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

/** What there is to ask for: nothing that could be worked with. */
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
  const handles = new Handles(attempt, handleKinds(connection.base));
  return clientsOf(known, {
    connection: handles.of(connection, 'Connection'),
    session: attempt.given,
    db: handles.of(db, 'Db'),
    client: handles.of(attempt.client, 'MongoClient'),
    model: (name) => handles.of(connection.model(name), name),
  });
}

/** Under their names, their classes, and for the connection and its models what `@nestjs/mongoose` calls them. */
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
