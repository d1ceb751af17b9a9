import { ChangeContext } from '../core/change.js';
import type { TargetSystem } from '../core/target-system.js';
import type { ChangeSite } from './change-site.js';
import { clientByToken, clientByType, mainClient, tokensOf } from './client-parameter.js';
import { type ClassRef, type ClientMark, readClients, readParameterTypes } from './metadata.js';
import { parameterCount } from './method-marks.js';
import { nameOf } from './names.js';
import type { ParameterSource, ReadParameter } from './parameter-source.js';

/** The sources of a method's parameters, and what is wrong with those that have none. */
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

/** The order of these lines is the rule. */
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

/** Interfaces and what the compiler knows nothing about become Object or undefined, a class that is imported as a type becomes Function. */
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
