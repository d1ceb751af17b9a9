import { parseDuration } from '../../core/model/duration.js';
import { nearNames } from '../../core/text/near-names.js';

/** Returns the fault of a value; undefined when it has none. */
export type Check = (value: unknown) => string | undefined;

/** The check of each key. A key without a check is unknown. */
export type Checks = Readonly<Record<string, Check>>;

const show = (value: unknown): string =>
  typeof value === 'function' ? value.name : (JSON.stringify(value) ?? String(value));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** A text that is not blank. */
export const text: Check = (value) => (isText(value) ? undefined : `must be a text, not ${show(value)}`);

export const flag: Check = (value) =>
  typeof value === 'boolean' ? undefined : `must be true or false, not ${show(value)}`;

export const texts: Check = (value) =>
  Array.isArray(value) && value.every(isText) ? undefined : `must be a list of texts, not ${show(value)}`;

export const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.some((known) => known === value)
      ? undefined
      : `must be ${values.map((known) => `'${known}'`).join(' or ')}, not ${show(value)}`;

export const duration: Check = (value) => {
  try {
    parseDuration(typeof value === 'number' ? value : String(value));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** An object that can be written as JSON. */
export const plainObject: Check = (value) => {
  if (!isRecord(value)) return `must be an object, not ${show(value)}`;
  try {
    JSON.stringify(value);
    return undefined;
  } catch {
    return 'must be plain JSON';
  }
};

/** Every fault of `values`, each beginning with the key. A key that holds undefined counts as left out. */
export function checkFields(values: Readonly<Record<string, unknown>>, checks: Checks): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const check = checks[key];
    if (!check) return [`unknown option '${key}'; ${hint(key, Object.keys(checks))}`];
    const fault = value === undefined ? undefined : check(value);
    return fault ? [`${key} ${fault}`] : [];
  });
}

function hint(key: string, known: readonly string[]): string {
  const near = nearNames(key, known);
  return near.length
    ? `did you mean ${near.map((name) => `'${name}'`).join(' or ')}?`
    : `known: ${known.join(', ')}`;
}
