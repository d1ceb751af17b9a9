import type { Connection, mongo } from 'mongoose';
import { notConnected } from '../connection/database.js';
import { guardServer, type Server } from './guarded-server.js';
import type { MongoAttempt } from './mongo-attempt.js';
import { asOwn, currentCaller, isOwn } from './own-context.js';
import { labelledServers } from './socket-errors.js';

/** The part of the driver's `Topology` that is used here. Each operation asks it for a server. */
interface Topology {
  selectServer(selector: unknown, options?: { readonly session?: mongo.ClientSession }): Promise<Server>;
}

interface Hook {
  readonly remove: () => void;
  users: number;
}

const hooks = new WeakMap<mongo.MongoClient, Hook>();
const attempts = new WeakMap<mongo.ClientSession, MongoAttempt>();

/** Makes every operation with one of the attempt's sessions an operation of the attempt. */
export function bindSessions(attempt: MongoAttempt): void {
  for (const session of [attempt.session, attempt.given, attempt.lent]) attempts.set(session, attempt);
}

/**
 * Runs `work`, and meanwhile sends every operation of an attempt on the connection's client through the attempt. Operations of the rest of
 * the app are not changed. An attempt, and this library's own calls, see a broken connection as a `MongoNetworkError`.
 *
 * All operations, of a model, a native collection or a cursor, take one path in the driver: it starts a session for an operation that has
 * none, and asks the topology for a server. The session says which attempt the operation belongs to; without a session, the
 * asynchronous context does. Not seen: an operation without a session whose context was lost (a queue that another context works
 * off).
 */
export async function withHook<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const client = connection.getClient();
  const hook = hooks.get(client) ?? { remove: install(connection, client), users: 0 };
  hooks.set(client, hook);
  hook.users += 1;
  try {
    return await work();
  } finally {
    hook.users -= 1;
    if (hook.users === 0) {
      hooks.delete(client);
      hook.remove();
    }
  }
}

/** Runs `work` as this library's own call: it passes no attempt, and sees a broken connection as a `MongoNetworkError`, which the driver retries. */
export function ownCall<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  return asOwn(() => withHook(connection, work));
}

/** @returns a function that removes the hook */
function install({ base }: Connection, client: mongo.MongoClient): () => void {
  const topology = Reflect.get(client, 'topology') as Topology | undefined;
  if (!topology) throw notConnected();
  const undoSelect = replace(
    topology,
    'selectServer',
    hookedSelect(client, topology, labelledServers(base.mongo)),
  );
  const undoStart = replace(client, 'startSession', hookedStart(client));
  return () => {
    undoSelect();
    undoStart();
  };
}

function hookedSelect(
  client: mongo.MongoClient,
  topology: Topology,
  labelled: (server: Server) => Server,
): Topology['selectServer'] {
  const original = topology.selectServer.bind(topology);
  const guarded = new WeakMap<MongoAttempt, WeakMap<Server, Server>[]>();
  return async (selector, options) => {
    const server = await original(selector, options);
    if (isOwn()) return labelled(server);
    const found = attemptOf(client, options?.session);
    if (!found) return server;
    // Driver 6 requires that a cursor goes on with the same server object, so each is made once.
    const known = guarded.get(found.attempt) ?? [new WeakMap(), new WeakMap()];
    guarded.set(found.attempt, known);
    const servers = known[Number(found.isInside)] ?? new WeakMap<Server, Server>();
    const made = servers.get(server) ?? guardServer(labelled(server), found.attempt, found.isInside);
    servers.set(server, made);
    return made;
  };
}

function hookedStart(client: mongo.MongoClient): mongo.MongoClient['startSession'] {
  const original = client.startSession.bind(client);
  return (options) => {
    const caller = currentCaller();
    const attempt = caller?.attempt?.client === client ? caller.attempt : undefined;
    // The driver's own option for a session that it starts for one operation.
    const isImplicit = options !== undefined && Reflect.get(options, 'explicit') === false;
    if (attempt?.inTransaction && caller?.joins && isImplicit) return attempt.lent;
    const session = original(options);
    if (!isImplicit) attempt?.begun.add(session);
    return session;
  };
}

function attemptOf(
  client: mongo.MongoClient,
  session: mongo.ClientSession | undefined,
): { readonly attempt: MongoAttempt; readonly isInside: boolean } | undefined {
  const bound = session && attempts.get(session);
  if (bound) return { attempt: bound, isInside: true };
  const attempt = currentCaller()?.attempt;
  return attempt?.client === client ? { attempt, isInside: !attempt.inTransaction } : undefined;
}

function replace<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): () => void {
  const before = Object.getOwnPropertyDescriptor(object, key);
  object[key] = value;
  return () => {
    // Somebody has wrapped ours meanwhile and goes on calling it: without an attempt it lets everything pass.
    if (object[key] !== value) return;
    if (before) Object.defineProperty(object, key, before);
    else Reflect.deleteProperty(object, key);
  };
}
