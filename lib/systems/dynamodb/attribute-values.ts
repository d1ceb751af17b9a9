import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What our own items are made of: values that every marshalling option of a document client leaves alone. */
export type Plain = string | number | Uint8Array | PlainItem;

/** An item of ours, in native values. */
export interface PlainItem {
  readonly [attribute: string]: Plain;
}

/** An item as DynamoDB takes it, whatever the marshalling options of the app's client are. */
export function attributes(item: PlainItem): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

function attribute(value: Plain): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return value instanceof Uint8Array ? { B: value } : { M: attributes(value) };
}

/** The native values of an item. What is of no type of ours was put there by hand and is kept in view as JSON. */
export function plainItem(item: Readonly<Record<string, AttributeValue>>): PlainItem {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(value: AttributeValue): Plain {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.B !== undefined) return value.B;
  return value.M === undefined ? JSON.stringify(value) : plainItem(value.M);
}

/** The text of an attribute; undefined when it has none. */
export function textOf(item: PlainItem, name: string): string | undefined {
  const value = item[name];
  return typeof value === 'string' ? value : undefined;
}

/** The map of an attribute; an empty one when it has none. */
export function mapOf(item: PlainItem, name: string): PlainItem {
  const value = item[name];
  return typeof value === 'object' && !(value instanceof Uint8Array) ? value : {};
}

/** The number of an attribute; 0 when it has none. */
export function numberOf(item: PlainItem, name: string): number {
  const value = item[name];
  return typeof value === 'number' ? value : 0;
}
