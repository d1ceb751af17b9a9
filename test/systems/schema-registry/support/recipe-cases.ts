import type { Clients } from 'nestjs-flamingock/kit';
import type { SchemaRegistry } from 'nestjs-flamingock/schema-registry';
import type { RecipeCase } from 'nestjs-flamingock/testing';
import { allVersions, newSubject, put, setLevel, stateOf, userSchema } from './registry.js';
import { registryOf } from './use.js';

const ID = userSchema();
const STATUS = userSchema({ name: 'status', type: 'string', default: 'new' });
const AGE = userSchema({ name: 'age', type: 'int' });

interface Given {
  readonly versions?: readonly { schema: object }[];
  readonly level?: string;
  readonly irreversible?: RegExp;
  readonly alsoDeleted?: boolean;
  readonly operation: (registry: SchemaRegistry, subject: string) => Promise<unknown>;
}

function on({ versions = [], level, irreversible, alsoDeleted, operation }: Given): RecipeCase {
  const subject = newSubject();
  return {
    prepare: async () => {
      for (const version of versions) await put(subject, version);
      if (level) await setLevel(subject, level);
    },
    operation: (clients: Clients) => operation(registryOf(clients), subject),
    state: async () => ({
      ...(await stateOf(subject)),
      ...(alsoDeleted && { deleted: await allVersions(subject) }),
    }),
    ...(irreversible && { irreversible }),
  };
}

const deletes = { versions: [ID, STATUS], alsoDeleted: true };

/** Each operation, in each situation that makes a difference. */
export const RECIPE_CASES: Readonly<Record<string, RecipeCase>> = {
  'register: the first version': on({ operation: (registry, name) => registry.register(name, ID) }),
  'register: the next version': on({
    versions: [ID],
    operation: (registry, name) => registry.register(name, STATUS),
  }),
  'register: the first version, with a level': on({
    operation: (registry, name) => registry.register(name, ID, { compatibility: 'FULL' }),
  }),
  'register: what only a looser level takes': on({
    versions: [ID],
    operation: (registry, name) => registry.register(name, AGE, { compatibility: 'NONE' }),
  }),
  'register: a looser level than its own': on({
    versions: [ID],
    level: 'FULL_TRANSITIVE',
    operation: (registry, name) => registry.register(name, AGE, { compatibility: 'FORWARD' }),
  }),
  'register: a tighter level': on({
    versions: [ID],
    operation: (registry, name) => registry.register(name, STATUS, { compatibility: 'FULL' }),
  }),
  'register: what is there, only a level': on({
    versions: [ID],
    operation: (registry, name) => registry.register(name, ID, { compatibility: 'FULL' }),
  }),
  'ensureCompatibility: without a level of its own': on({
    versions: [ID],
    operation: (registry, name) => registry.ensureCompatibility(name, 'FULL'),
  }),
  'ensureCompatibility: NONE without one of its own': on({
    versions: [ID],
    operation: (registry, name) => registry.ensureCompatibility(name, 'NONE'),
  }),
  'ensureCompatibility: with another': on({
    versions: [ID],
    level: 'FORWARD',
    operation: (registry, name) => registry.ensureCompatibility(name, 'NONE'),
  }),
  'ensureCompatibility: of what is not there yet': on({
    operation: (registry, name) => registry.ensureCompatibility(name, 'FORWARD'),
  }),
  deleteVersion: on({
    ...deletes,
    irreversible: /under another number/,
    operation: (registry, name) => registry.deleteVersion(name, 1),
  }),
  'deleteVersion, permanently': on({
    ...deletes,
    irreversible: /it is gone/,
    operation: (registry, name) => registry.deleteVersion(name, 2, { permanent: true }),
  }),
  deleteSubject: on({
    ...deletes,
    irreversible: /under other numbers/,
    operation: (registry, name) => registry.deleteSubject(name),
  }),
  'deleteSubject, permanently': on({
    ...deletes,
    irreversible: /it is gone/,
    operation: (registry, name) => registry.deleteSubject(name, { permanent: true }),
  }),
};
