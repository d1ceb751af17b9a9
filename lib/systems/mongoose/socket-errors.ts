import type { mongo } from 'mongoose';
import type { Server } from './guarded-server.js';
import { sentCommand } from './sent-command.js';

type Driver = typeof mongo;

/** What ends a transaction. */
const ENDS: ReadonlySet<string> = new Set(['commitTransaction', 'abortTransaction']);

/**
 * Servers whose commands fail with a `MongoNetworkError` when a connection breaks, however it was noticed.
 *
 * The driver says so of a connection that breaks while it reads. When it breaks at a write (the peer has reset it, and the
 * event loop has not been told yet), `Connection.writeCommand` lets the error of the socket through as it is, in all versions up
 * to 7.9 at least. Then nothing that goes by the driver's labels works: a transaction is not begun again, and
 * `ClientSession.commitTransaction` fails at the missing label with "error.hasErrorLabel is not a function", which hides the
 * error of the socket and whether the commit is worth sending again. No report of it was found in the driver's tracker.
 */
export function labelledServers(driver: Driver): (server: Server) => Server {
  const known = new WeakMap<Server, Server>();
  return (server) => {
    const made = known.get(server) ?? labelled(driver, server);
    known.set(server, made);
    return made;
  };
}

function labelled(driver: Driver, server: Server): Server {
  const command = (...args: unknown[]): Promise<unknown> =>
    server.command(...args).catch((error: unknown) => {
      throw isSocketError(error) ? networkError(driver, error, args) : error;
    });
  return Object.create(server, { command: { value: command } }) as Server;
}

/** An error of the operating system. Those of the driver have none of its calls, not even when they were caused by one. */
function isSocketError(error: unknown): error is Error {
  return error !== null && typeof error === 'object' && typeof Reflect.get(error, 'syscall') === 'string';
}

/** With the label that the driver gives when it reads. */
function networkError({ MongoNetworkError }: Driver, cause: Error, args: readonly unknown[]): Error {
  const error = new MongoNetworkError(cause.message, { cause });
  const { session, name } = sentCommand(args);
  const isInside = session?.inTransaction() && !ENDS.has(name);
  error.addErrorLabel(isInside ? 'TransientTransactionError' : 'RetryableWriteError');
  return error;
}
