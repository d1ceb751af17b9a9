import { isBuiltin } from 'node:module';
import { type ImportEdge, targetOf } from './sources.js';

/** A driver that one technology may load at run time, and why `import type` is not enough there. */
export interface RuntimeImport {
  readonly room: string;
  readonly module: string;
  readonly why: string;
}

/** The only run-time imports of packages in `lib/systems`. Everything else takes live clients and `import type`. */
export const SYSTEMS_RUNTIME_IMPORTS: readonly RuntimeImport[] = [
  {
    room: 'systems/couchbase',
    module: 'couchbase',
    why: 'the classes Cluster, Collection and TransactionAttemptContext are tokens, of providers and of clients; DurabilityLevel has no other form',
  },
  {
    room: 'systems/dynamodb',
    module: '@aws-sdk/client-dynamodb',
    why: 'its client has no methods: whatever is to be sent is an instance of a command class',
  },
  {
    room: 'systems/dynamodb',
    module: '@aws-sdk/lib-dynamodb',
    why: 'as above, and the class DynamoDBDocumentClient is the token that a container knows the client by',
  },
  {
    room: 'systems/s3',
    module: '@aws-sdk/client-s3',
    why: 'its client has no methods: whatever is to be sent is an instance of a command class; S3Client is the token',
  },
  {
    room: 'systems/s3',
    module: '@aws-sdk/lib-storage',
    why: 'loaded only when a change puts a stream: it sends it in parts through the client it is given',
  },
  {
    room: 'systems/kafka',
    module: 'kafkajs',
    why: 'a producer that is made without naming its partitioner warns in the log of the user',
  },
  {
    room: 'systems/typeorm',
    module: 'typeorm',
    why: 'the classes DataSource and EntityManager are tokens: of the default connection in Nest, and of clients',
  },
];

/** What several systems share; no door of its own. */
export const SHARED_ROOMS: readonly string[] = ['systems/aws'];

const CORE = ['core/model', 'core/text', 'core/kit', 'core/engine', 'core/import'];

/** Which rooms a room may import, besides itself. Engine and import are one level: they may import each other. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  index: ['core/model', 'core/kit', 'core/engine', 'nest'],
  'core/text': [],
  'core/model': ['core/text'],
  'core/kit': ['core/model', 'core/text'],
  'core/engine': ['core/kit', 'core/model', 'core/text', 'core/import'],
  'core/import': ['core/kit', 'core/model', 'core/text', 'core/engine'],
  nest: CORE,
  systems: ['core/kit', 'core/model', ...SHARED_ROOMS],
  testing: [...CORE, 'nest', 'systems/memory'],
  ops: [...CORE, 'nest'],
};

/** Packages that every room which knows Nest may load. */
const NEST = /^(@nestjs\/(common|core)|reflect-metadata|rxjs)(\/|$)/;

/** The imports that cross a forbidden border, each with the reason. Pure: it judges the values it is given. */
export function violations(
  imports: readonly ImportEdge[],
  exceptions: readonly RuntimeImport[] = SYSTEMS_RUNTIME_IMPORTS,
): string[] {
  return imports.flatMap((edge) => {
    const reason = edge.module.startsWith('.') ? crossing(edge) : foreign(edge, exceptions);
    return reason ? [`lib/${edge.file}:${edge.line} imports '${edge.module}': ${reason}`] : [];
  });
}

/** The room of a file of `lib`: `core/engine`, `nest`, `systems/typeorm`, `index` for the package's own door. */
export function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  if (!file.includes('/')) return first.replace(/\.ts$/, '');
  return first === 'systems' || first === 'core' ? `${first}/${second.replace(/\.ts$/, '')}` : first;
}

function crossing(edge: ImportEdge): string | undefined {
  const target = targetOf(edge) ?? '';
  if (target.startsWith('..')) return 'it leaves lib';
  const from = roomOf(edge.file);
  const to = roomOf(target);
  if (from === to) return undefined;
  const allowed = ARROWS[from.startsWith('systems/') ? 'systems' : from];
  if (!allowed) return `lib has no room '${from}'`;
  if (allowed.includes(to)) return undefined;
  if (from === 'ops' && /^systems\/[^/]+\/index\.ts$/.test(target)) return undefined;
  return `${from} may import ${allowed.join(', ') || 'no other room'}, not ${to}`;
}

function foreign(
  { file, module, typeOnly }: ImportEdge,
  exceptions: readonly RuntimeImport[],
): string | undefined {
  const room = roomOf(file);
  if (module.startsWith('node:')) return undefined;
  if (isBuiltin(module)) return `write it 'node:${module}'`;
  if (module.startsWith('nestjs-flamingock')) return 'inside the package, files are imported by their paths';
  if (module.startsWith('computed: ')) return 'a computed import can not be checked';
  if (room.startsWith('core/')) return 'core knows only node: built-ins';
  if (room === 'index') return 'the door re-exports core and nest, nothing else';
  if (!room.startsWith('systems/'))
    return NEST.test(module) ? undefined : `${room} knows Nest and rxjs, no other package`;
  if (NEST.test(module)) return 'systems know their own technology, not Nest';
  if (typeOnly || exceptions.some((entry) => entry.room === room && entry.module === module))
    return undefined;
  return "a driver is the user's: write `import type`, or list the exception with its reason";
}
