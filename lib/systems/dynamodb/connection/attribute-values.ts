import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { storedTextWhere } from '../../../core/kit/stored-text.js';

/**
 * Encodes a text that would not come back unchanged from an item: DynamoDB, or a client's marshalling options, may change an
 * empty text, a NUL and a lone surrogate.
 */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
export const storedText = storedTextWhere(/^$|\u0000|\p{Surrogate}/u);

/** The values in this library's items. No marshalling option of a document client changes them. */
export type Plain = string | number | Uint8Array | PlainItem;

/** An item of this library, in native values. */
export interface PlainItem {
  readonly [attribute: string]: Plain;
}

/** Turns an item into attribute values, independently of the marshalling options of the app's client. */
export function attributes(item: PlainItem): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

function attribute(value: Plain): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return value instanceof Uint8Array ? { B: value } : { M: attributes(value) };
}

/** Turns attribute values into native ones. This library writes no other types: one that somebody added by hand becomes JSON text. */
export function plainItem(item: Readonly<Record<string, AttributeValue>>): PlainItem {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(value: AttributeValue): Plain {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.B !== undefined) return value.B;
  return value.M === undefined ? JSON.stringify(value) : plainItem(value.M);
}

/** The text of an attribute; undefined when it is no text. */
export function textOf(item: PlainItem, name: string): string | undefined {
  const value = item[name];
  return typeof value === 'string' ? value : undefined;
}

/** The map of an attribute; an empty one when it is no map. */
export function mapOf(item: PlainItem, name: string): PlainItem {
  const value = item[name];
  return typeof value === 'object' && !(value instanceof Uint8Array) ? value : {};
}

/** The number of an attribute; 0 when it is no number. */
export function numberOf(item: PlainItem, name: string): number {
  const value = item[name];
  return typeof value === 'number' ? value : 0;
}
