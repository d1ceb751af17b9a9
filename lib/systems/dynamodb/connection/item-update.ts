import type { Plain, PlainItem } from './attribute-values.js';

/** An update of one item, in native values. It is sent alone or as part of a transaction. */
export interface ItemUpdate {
  readonly TableName: string;
  readonly Key: PlainItem;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: PlainItem;
}

/** What an update does to an item, by attribute. */
export interface ItemChange {
  readonly set: PlainItem;
  readonly remove?: readonly string[];
  /** Values that the item must have; otherwise nothing is written. */
  readonly where: PlainItem;
  /** Attributes that the item must not have. */
  readonly without?: readonly string[];
}

/** Builds the expressions of an update. Every name is a placeholder, because DynamoDB reserves many common words. */
export function itemUpdate(
  table: string,
  key: PlainItem,
  { set, remove = [], where, without = [] }: ItemChange,
): ItemUpdate {
  const assignments = Object.keys(set).map((name) => `#${name} = :${name}`);
  const removals = remove.length ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '';
  const conditions = [
    ...Object.keys(where).map((name) => `#${name} = :was_${name}`),
    ...without.map((name) => `attribute_not_exists(#${name})`),
  ];
  const names = [...Object.keys(set), ...remove, ...Object.keys(where), ...without];
  return {
    TableName: table,
    Key: key,
    UpdateExpression: `SET ${assignments.join(', ')}${removals}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: { ...prefixed(':', set), ...prefixed(':was_', where) },
  };
}

function prefixed(prefix: string, item: PlainItem): PlainItem {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, Plain] => [`${prefix}${name}`, value]),
  );
}
