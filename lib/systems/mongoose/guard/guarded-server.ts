import type { mongo } from 'mongoose';
import type { MongoAttempt } from './mongo-attempt.js';

/** A command that the driver sends to a server. Up to driver 6, `Server.command` takes `(ns, command, options)`; from 7 on, `(operation)`. */
export interface SentCommand {
  readonly name: string;
  /** The namespace that it is for: `shop.users`. */
  readonly location: string;
  readonly session: mongo.ClientSession | undefined;
}

/** The members that describe a command, in both forms. */
interface CommandFacts {
  readonly ns?: unknown;
  readonly commandName?: unknown;
  readonly command?: unknown;
  readonly session?: mongo.ClientSession;
}

/** Reads the arguments of `Server.command`. */
export function sentCommand([first, second, third]: readonly unknown[]): SentCommand {
  const isOperation = isObject(first) && 'commandName' in first;
  const operation: CommandFacts = isOperation ? first : {};
  const command = isOperation ? operation.command : second;
  const options: CommandFacts = isOperation ? operation : factsOf(third);
  const ns = String(isOperation ? operation.ns : first);
  const [key, value] = Object.entries(isObject(command) ? command : {})[0] ?? ['a command', undefined];
  const isNamed = isOperation && operation.commandName !== 'runCommand';
  return {
    name: isNamed ? String(operation.commandName) : key,
    location: typeof value === 'string' ? ns.replace(/\$cmd$/, value) : ns.replace(/\.\$cmd$/, ''),
    session: options.session,
  };
}

function factsOf(value: unknown): CommandFacts {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The part of the driver's `Server` that is used here; `sentCommand` reads the arguments. */
export interface Server {
  command(...args: unknown[]): Promise<unknown>;
  /** Marks the server unknown and clears its pool when the connection broke; not in every version of the driver. */
  handleError?(error: Error): void;
}

/**
 * A server whose commands pass the attempt.
 *
 * @param isInside - false for commands that go around the attempt's transaction
 */
export function guardServer(server: Server, attempt: MongoAttempt, isInside: boolean): Server {
  const send = (...args: unknown[]): Promise<unknown> => {
    const call = describe(args);
    if (!isInside) return attempt.sendAround(call, () => server.command(...args));
    if (attempt.inTransaction) withoutConcerns(args[1]);
    return attempt.send(call, () => server.command(...args));
  };
  const command = (...args: unknown[]): Promise<unknown> =>
    send(...args).catch((error: unknown) => Promise.reject(withHiddenName(error)));
  return Object.create(server, { command: { value: command } }) as Server;
}

/** Removes read and write concern, which a command in a transaction must not have. Driver 6 adds them to commands that joined. */
function withoutConcerns(command: unknown): void {
  if (!isObject(command)) return;
  Reflect.deleteProperty(command, 'writeConcern');
  Reflect.deleteProperty(command, 'readConcern');
}

/** Makes an own `name` of the error non-enumerable: the driver copies enumerable members into a bulk write's error, whose name cannot be set. */
function withHiddenName(error: unknown): unknown {
  if (isObject(error) && Object.hasOwn(error, 'name'))
    Reflect.defineProperty(error, 'name', { enumerable: false });
  return error;
}

/** The command for messages: `insert shop.users`. */
function describe(args: unknown[]): string {
  const { name, location } = sentCommand(args);
  return `${name} ${location}`;
}
