import type { mongo } from 'mongoose';
import { sentCommand, type Server } from './guarded-server.js';

type Driver = typeof mongo;

/** Commands that end a transaction. */
const ENDS: ReadonlySet<string> = new Set(['commitTransaction', 'abortTransaction']);

/**
 * Makes servers whose commands always fail with a `MongoNetworkError` when their connection breaks.
 *
 * The driver itself throws that error when a connection breaks during a read. When it breaks during a write (the peer has reset it, and
 * the event loop has not noticed yet), `Connection.writeCommand` throws the plain socket error, in all versions up to 7.9 at
 * least. That error has no labels, so nothing that relies on them works: a transaction is not run again, and
 * `ClientSession.commitTransaction` throws "error.hasErrorLabel is not a function", which hides the socket error and whether the
 * commit may be sent again. The driver's issue tracker has no report of it.
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
      if (!isSocketError(error)) throw error;
      const labelled = networkError(driver, error, args);
      // As the driver does at a read: the other connections of its pool are broken too, and a retry must not take one of them.
      server.handleError?.(labelled);
      throw labelled;
    });
  return Object.create(server, { command: { value: command } }) as Server;
}

/** True for an error of the operating system: only those have `syscall`, the driver's own errors have not. */
function isSocketError(error: unknown): error is Error {
  return error !== null && typeof error === 'object' && typeof Reflect.get(error, 'syscall') === 'string';
}

/** The driver's error for a broken connection, with the label that the driver gives it during a read. */
function networkError({ MongoNetworkError }: Driver, cause: Error, args: readonly unknown[]): Error {
  const error = new MongoNetworkError(cause.message, { cause });
  const { session, name } = sentCommand(args);
  const isInside = session?.inTransaction() && !ENDS.has(name);
  error.addErrorLabel(isInside ? 'TransientTransactionError' : 'RetryableWriteError');
  return error;
}
