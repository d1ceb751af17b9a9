import type { SchemaInfo } from '@confluentinc/schemaregistry';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference } from '../../../core/model/recipe.js';

/** Another schema that a schema uses. */
export interface SchemaReference {
  /** As the schema names it: the full name of a record (Avro), a URL (JSON Schema), the file of an import (Protobuf). */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as a change gives it. The library's `SchemaInfo` has this shape. */
export interface SchemaSource {
  /** The text of the schema; an object is converted to JSON. */
  readonly schema: string | object;
  /** @default 'AVRO' */
  readonly schemaType?: 'AVRO' | 'JSON' | 'PROTOBUF' | (string & {});
  /** @default none */
  readonly references?: readonly SchemaReference[];
  /** Tags and properties, where the registry has them. */
  readonly metadata?: SchemaInfo['metadata'];
  /** Rules of a data contract, where the registry has them. */
  readonly ruleSet?: SchemaInfo['ruleSet'];
}

/** A schema as it is sent to the registry; JSON. */
export interface SentSchema extends SchemaSource {
  readonly schema: string;
}

/** The request body for a schema: only members that the registry's API has, and none with its default value. */
export function sentSchema(source: SchemaSource): SentSchema {
  const { schema, schemaType, references, metadata, ruleSet } = source;
  return {
    schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
    ...(schemaType !== undefined && schemaType !== 'AVRO' && { schemaType }),
    ...(references && references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
  };
}

/** Returns the subject. Returns the subject. @throws TargetSystemError when it is blank */
export function checkedSubject(subject: string): string {
  if (subject.trim() !== '') return subject;
  throw new TargetSystemError('A subject of a schema registry has a blank name.', {
    fix: ['name it after what it describes: the values of the topic orders are orders-value'],
  });
}

/**
 * The differences of two schemas: by paths in a JSON text (Avro, JSON Schema), where named elements are matched by name, or by lines of
 * any other text (Protobuf).
 */
export function schemaDifferences(from: string, to: string): readonly Difference[] {
  return between(partsOf(from), partsOf(to));
}

/** The references that only one of two schemas has: `reference 'shop.Address'`. */
export function referenceDifferences(
  from: readonly SchemaReference[] = [],
  to: readonly SchemaReference[] = [],
): readonly Difference[] {
  return between(usedBy(from), usedBy(to));
}

function usedBy(references: readonly SchemaReference[]): ReadonlyMap<string, string> {
  return new Map(
    references.map(({ name, subject, version }) => [
      `reference '${name}'`,
      `version ${version} of '${subject}'`,
    ]),
  );
}

function between(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [old, now] = [before.get(what), after.get(what)];
    if (old === now) return [];
    return [{ what, ...(old !== undefined && { from: old }), ...(now !== undefined && { to: now }) }];
  });
}

function partsOf(text: string): ReadonlyMap<string, string> {
  try {
    return new Map(leaves(JSON.parse(text), ''));
  } catch {
    const lines = text.split('\n').map((line) => line.trim());
    return new Map(lines.filter(Boolean).map((line) => [line, 'there']));
  }
}

function* leaves(value: unknown, location: string): Generator<[string, string]> {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (inner.length === 0) yield [location || 'schema', JSON.stringify(value)];
  for (const [key, part] of inner) {
    const name = Array.isArray(value) ? (nameOf(part) ?? key) : key;
    yield* leaves(part, location ? `${location}.${name}` : name);
  }
}

function nameOf(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('name' in part)) return undefined;
  return typeof part.name === 'string' ? part.name : undefined;
}
