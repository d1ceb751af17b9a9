import { TargetSystemError } from '../core/errors.js';
import type { ClientToken, Client, Clients, TargetSystem } from '../core/target-system.js';
import { nameOf } from './names.js';
import type { ParameterSource } from './parameter-source.js';

/** Takes the first client of the attempt. */
export const mainClient: ParameterSource = ([main]) => main.instance;

/** Takes the client of the attempt that has this token. */
export function clientByToken(token: ClientToken): ParameterSource {
  return (clients) => {
    const client = clients.find((one) => one.token === token);
    if (client) return client.instance;
    throw new TargetSystemError(`The attempt has no client ${nameOf(token)}; it has ${tokensOf(clients)}.`);
  };
}

/** Takes the client that is an instance of `type`; undefined when there is none. */
export function clientByType(type: ClientToken, target: TargetSystem): ParameterSource | undefined {
  const match = target.clients().find((client) => isOfType(client, type));
  if (!match) return undefined;
  return (clients) => {
    const live =
      clients.find((one) => one.token === match.token) ?? clients.find((one) => isOfType(one, type));
    if (live) return live.instance;
    throw new TargetSystemError(
      `The attempt has no client of type ${nameOf(type)}; it has ${tokensOf(clients)}.`,
    );
  };
}

/** The names of the clients there are to ask for. */
export function tokensOf(clients: Clients): string {
  return clients.map(({ token }) => nameOf(token)).join(', ');
}

function isOfType({ instance }: Client, type: ClientToken): boolean {
  return typeof type === 'function' && instance instanceof type;
}
