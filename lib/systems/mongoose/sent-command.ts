import type { mongo } from 'mongoose';

/** A command as the driver hands it to one of its servers: up to driver 6 `(ns, command, options)`, from 7 on `(operation)`. */
export interface SentCommand {
  readonly name: string;
  /** Where it goes: `shop.users`. */
  readonly place: string;
  readonly session: mongo.ClientSession | undefined;
}

/** What both forms say about a command. */
interface CommandFacts {
  readonly ns?: unknown;
  readonly commandName?: unknown;
  readonly command?: unknown;
  readonly session?: mongo.ClientSession;
}

/** Reads what `Server.command` was called with. */
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
    place: typeof value === 'string' ? ns.replace(/\$cmd$/, value) : ns.replace(/\.\$cmd$/, ''),
    session: options.session,
  };
}

function factsOf(value: unknown): CommandFacts {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
