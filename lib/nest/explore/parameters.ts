import { ChangeContext } from '../../core/model/change.js';
import { TargetSystemError } from '../../core/model/errors.js';
import type { Client, Clients, ClientToken, TargetSystem } from '../../core/model/target-system.js';
import { type ClassRef, type ClientMark, readClients, readParameterTypes } from '../decorators/metadata.js';
import { nameOf } from '../names.js';
import { parameterCount } from './method-marks.js';
import type { ChangeSite, ParameterSource, ReadParameter } from './provider-parameter.js';

/** Takes the first client of the attempt. */
export const mainClient: ParameterSource = ([main]) => main.instance;

/** Takes the client of the attempt that has this token. */
function clientByToken(token: ClientToken): ParameterSource {
  return (clients) => {
    const client = clients.find((one) => one.token === token);
    if (client) return client.instance;
    throw new TargetSystemError(`The attempt has no client ${nameOf(token)}; it has ${tokensOf(clients)}.`);
  };
}

/** Takes the client that is an instance of `type`; undefined when there is none. */
function clientByType(type: ClientToken, target: TargetSystem): ParameterSource | undefined {
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

/** The names of the clients, for people. */
export function tokensOf(clients: Clients): string {
  return clients.map(({ token }) => nameOf(token)).join(', ');
}

function isOfType({ instance }: Client, type: ClientToken): boolean {
  return typeof type === 'function' && instance instanceof type;
}

/** The sources of a method's parameters, and the faults of those without one. */
export interface ReadParameters {
  readonly sources: readonly ParameterSource[];
  readonly faults: readonly string[];
}

interface Parameter {
  readonly type: unknown;
  readonly mark: ClientMark | undefined;
  readonly isLone: boolean;
  /** False when the compiler emitted no types for the method. */
  readonly hasTypes: boolean;
}

/** Resolves every parameter of a method, before anything runs. */
export async function readParameters(
  site: ChangeSite,
  name: string,
  target: TargetSystem,
): Promise<ReadParameters> {
  const read = await Promise.all(
    parametersOf(site.owner, name).map(async (parameter) => readParameter(parameter, site, target)),
  );
  return {
    sources: read.flatMap((one) => ('source' in one ? [one.source] : [])),
    faults: read.flatMap((one, index) =>
      'fault' in one ? [`parameter [${index}] of ${name}(): ${one.fault}`] : [],
    ),
  };
}

function parametersOf(owner: ClassRef, name: string): Parameter[] {
  const types = readParameterTypes(owner, name);
  const marks = readClients(owner).filter(({ method }) => method === name);
  const length = parameterCount(owner, name);
  return Array.from({ length }, (_, index) => ({
    type: types?.[index],
    mark: marks.find((mark) => mark.index === index),
    isLone: length === 1,
    hasTypes: types !== undefined,
  }));
}

/** The order of these lines is the order of precedence. */
async function readParameter(
  { type, mark, isLone, hasTypes }: Parameter,
  site: ChangeSite,
  target: TargetSystem,
): Promise<ReadParameter> {
  if (mark) return markedParameter(mark, target);
  if (!isClass(type))
    return isLone ? { source: mainClient } : { fault: hasTypes ? erased(target) : untyped(target) };
  const client = clientByType(type, target);
  if (client) return { source: client };
  if (type === ChangeContext) return { source: (_, context) => context };
  const provider = await site.providers.resolve(type, site.module);
  return 'fault' in provider ? { fault: `${provider.fault}; ${orClient(target, nameOf(type))}` } : provider;
}

function markedParameter({ main, token }: ClientMark, target: TargetSystem): ReadParameter {
  if (main) return { source: mainClient };
  if (token === undefined)
    return {
      fault:
        'the token of @Client is undefined, as circular imports leave it; import it from where it is defined',
    };
  if (target.clients().some((client) => client.token === token)) return { source: clientByToken(token) };
  return {
    fault: `'${target.id}' has no client ${nameOf(token)}; write @Client() or a token of ${tokensOf(target.clients())}`,
  };
}

/** At run time an interface or an unknown type is Object or undefined, and a class that is imported as a type is Function. */
function isClass(type: unknown): type is ClassRef {
  return typeof type === 'function' && type !== Object && type !== Function;
}

function erased(target: TargetSystem): string {
  return `its type is erased at run time, as an interface or a type-only import is; ${orClient(target, 'it')}, or give it a class as its type`;
}

function untyped(target: TargetSystem): string {
  return `its type is not known, because whatever compiled this class emits no decorator metadata (esbuild, vitest, tsx); compile it with tsc ("emitDecoratorMetadata": true) or SWC ("decoratorMetadata": true, in vitest by unplugin-swc), or do without: ${orClient(target, 'it')}, and take other providers in the constructor by @Inject(token)`;
}

function orClient(target: TargetSystem, what: string): string {
  return `if ${what} is a client of '${target.id}', write @Client() or @Client(token) before it: ${tokensOf(target.clients())}`;
}
