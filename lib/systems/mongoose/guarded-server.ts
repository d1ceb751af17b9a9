import type { MongoAttempt } from './mongo-attempt.js';
import { sentCommand } from './sent-command.js';

/** The part of the driver's `Server` that is used here; `sentCommand` reads what it is called with. */
export interface Server {
  command(...args: unknown[]): Promise<unknown>;
}

/** The server as an attempt sees it: every command passes the attempt first, as its own or as one that goes around its transaction. */
export function guardServer(server: Server, attempt: MongoAttempt, isInside: boolean): Server {
  const send = (...args: unknown[]): Promise<unknown> => {
    const call = describe(args);
    if (!isInside) return attempt.sendAround(call, () => server.command(...args));
    if (attempt.inTransaction) withoutConcerns(args[1]);
    return attempt.send(call, () => server.command(...args));
  };
  const command = (...args: unknown[]): Promise<unknown> =>
    send(...args).catch((error: unknown) => Promise.reject(digestible(error)));
  return Object.create(server, { command: { value: command } }) as Server;
}

/** Driver 6 does not know, for a command that has joined, that a transaction takes no concerns but its own. */
function withoutConcerns(command: unknown): void {
  if (!isObject(command)) return;
  Reflect.deleteProperty(command, 'writeConcern');
  Reflect.deleteProperty(command, 'readConcern');
}

/** The driver copies what can be enumerated of an error into one of a bulk write, whose name cannot be set. */
function digestible(error: unknown): unknown {
  if (isObject(error) && Object.hasOwn(error, 'name'))
    Reflect.defineProperty(error, 'name', { enumerable: false });
  return error;
}

/** The name of the command and where it goes: `insert shop.users`. */
function describe(args: unknown[]): string {
  const { name, place } = sentCommand(args);
  return `${name} ${place}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
