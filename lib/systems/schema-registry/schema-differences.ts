import type { Difference } from '../../core/recipe.js';
import type { SchemaReference } from './schema-source.js';

/**
 * What one schema has and another has not: places in a JSON text (Avro, JSON Schema), where elements with a name are told
 * by it, or lines of any other (Protobuf).
 */
export function schemaDifferences(from: string, to: string): readonly Difference[] {
  return between(partsOf(from), partsOf(to));
}

/** Which other schemas one uses and another does not: `reference 'shop.Address'`. */
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

function* leaves(value: unknown, place: string): Generator<[string, string]> {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (inner.length === 0) yield [place || 'schema', JSON.stringify(value)];
  for (const [key, part] of inner) {
    const name = Array.isArray(value) ? (nameOf(part) ?? key) : key;
    yield* leaves(part, place ? `${place}.${name}` : name);
  }
}

function nameOf(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('name' in part)) return undefined;
  return typeof part.name === 'string' ? part.name : undefined;
}
