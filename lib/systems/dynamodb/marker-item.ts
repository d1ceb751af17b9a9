import type { ChainHead } from '../../core/audit-entry.js';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { KnownFence, Marker, MarkerKind, TargetFence } from '../../core/target-system.js';
import { mapOf, numberOf, type PlainItem, textOf } from './attribute-values.js';
import type { ItemUpdate } from './item-update.js';

/** The bookkeeping of one chain in a target system: one item, so that fence and markers cost a transaction one write. */
export interface MarkerItem extends TargetFence {
  readonly tablesVersion: number;
  /** Another one whenever the fence was raised. */
  readonly version: number;
  readonly markers: readonly Marker[];
}

/** What a transaction does to the item. */
export interface MarkerChange {
  /** Raises the fence, if nobody has since it was seen at `version`. */
  readonly fence?: { readonly token: number; readonly version: number; readonly witness: ChainHead };
  readonly write: readonly Marker[];
  readonly remove: readonly string[];
}

/** The key of the item of a chain. The parts never mix: a store id has no `#`, and what a namespace contains stands last. */
export function markerKey({ storeId, namespace }: ChainIdentity): PlainItem {
  return { chain: `${storeId}#${namespace}` };
}

/** The item of a chain in which nothing has been. */
export function emptyMarkerItem(chain: ChainIdentity, tablesVersion: number): PlainItem {
  const { storeId, namespace } = chain;
  return { ...markerKey(chain), storeId, namespace, tablesVersion, token: 0, version: 0, markers: {} };
}

export function markerItemOf(item: PlainItem): MarkerItem {
  const found = Object.entries(mapOf(item, 'markers'));
  return {
    ...fenceOf(item),
    tablesVersion: numberOf(item, 'tablesVersion'),
    version: numberOf(item, 'version'),
    markers: found.flatMap(([changeId, value]) =>
      typeof value === 'object' && !(value instanceof Uint8Array) ? [markerOf(changeId, value)] : [],
    ),
  };
}

export function fenceOf(item: PlainItem): TargetFence {
  const witness = mapOf(item, 'witness');
  const hash = textOf(witness, 'hash');
  return {
    token: numberOf(item, 'token'),
    witness: hash === undefined ? null : { seq: numberOf(witness, 'seq'), hash },
  };
}

/** The fence of an item, and whose it is. */
export function knownFenceOf(item: PlainItem): KnownFence {
  return {
    storeId: textOf(item, 'storeId') ?? '',
    namespace: textOf(item, 'namespace') ?? '',
    ...fenceOf(item),
  };
}

function markerOf(changeId: string, item: PlainItem): Marker {
  const kind = (textOf(item, 'kind') ?? '') as MarkerKind;
  return { changeId, attempt: numberOf(item, 'attempt'), fence: numberOf(item, 'fence'), kind };
}

/** Raises the fence in a write of its own, for the same or a newer token; makes the item where there is none. */
export function raisingFence(
  table: string,
  chain: ChainIdentity,
  token: number,
  tablesVersion: number,
): ItemUpdate {
  const made = { storeId: chain.storeId, namespace: chain.namespace, tablesVersion, markers: {} };
  const names = Object.keys(made);
  const sets = names.map((name) => `#${name} = if_not_exists(#${name}, :${name})`);
  return {
    ...at(table, chain),
    UpdateExpression: `SET #token = :token, ${sets.join(', ')} ADD #version :one`,
    ConditionExpression: 'attribute_not_exists(#token) OR #token <= :token',
    ExpressionAttributeNames: Object.fromEntries(
      ['token', 'version', ...names].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ':token': token,
      ':one': 1,
      ...Object.fromEntries(Object.entries(made).map(([name, value]) => [`:${name}`, value])),
    },
  };
}

/** Notes that the item was brought to the version behind this one. */
export function upgradedMarkers(table: string, chain: ChainIdentity, version: number): ItemUpdate {
  return {
    ...at(table, chain),
    UpdateExpression: 'SET #tablesVersion = :next',
    ConditionExpression: '#tablesVersion = :version',
    ExpressionAttributeNames: { '#tablesVersion': 'tablesVersion' },
    ExpressionAttributeValues: { ':version': version, ':next': version + 1 },
  };
}

/** Removes markers, for the same or a newer token than the fence's; at least one. */
export function removingMarkers(
  table: string,
  chain: ChainIdentity,
  changeIds: readonly string[],
  token: number,
): ItemUpdate {
  const removal = markerPaths('r', changeIds);
  return {
    ...at(table, chain),
    UpdateExpression: `REMOVE ${removal.paths.join(', ')}`,
    ConditionExpression: '#token <= :token',
    ExpressionAttributeNames: { '#token': 'token', '#markers': 'markers', ...removal.names },
    ExpressionAttributeValues: { ':token': token },
  };
}

/** What is committed together with the effect of a change. */
export function changingMarkers(
  table: string,
  chain: ChainIdentity,
  { fence, write, remove }: MarkerChange,
): ItemUpdate {
  const written = markerPaths(
    'w',
    write.map(({ changeId }) => changeId),
  );
  const removed = markerPaths(
    'r',
    remove.filter((id) => !write.some(({ changeId }) => changeId === id)),
  );
  const sets = [
    '#version = #version + :step',
    ...(fence ? ['#token = :token', '#witness = :witness'] : []),
    ...written.paths.map((path, index) => `${path} = :w${index}`),
  ];
  return {
    ...at(table, chain),
    UpdateExpression: `SET ${sets.join(', ')}${removed.paths.length ? ` REMOVE ${removed.paths.join(', ')}` : ''}`,
    ConditionExpression: `attribute_exists(#version)${fence ? ' AND #version = :version' : ''}`,
    ExpressionAttributeNames: {
      '#version': 'version',
      ...(fence && { '#token': 'token', '#witness': 'witness' }),
      ...((written.paths.length > 0 || removed.paths.length > 0) && { '#markers': 'markers' }),
      ...written.names,
      ...removed.names,
    },
    ExpressionAttributeValues: {
      ':step': fence ? 1 : 0,
      ...(fence && { ':token': fence.token, ':version': fence.version, ':witness': { ...fence.witness } }),
      ...Object.fromEntries(
        write.map(({ attempt, fence: token, kind }, index) => [
          `:w${index}`,
          { attempt, fence: token, kind },
        ]),
      ),
    },
  };
}

function at(TableName: string, chain: ChainIdentity) {
  return { TableName, Key: markerKey(chain) };
}

function markerPaths(prefix: string, changeIds: readonly string[]) {
  return {
    paths: changeIds.map((_, index) => `#markers.#${prefix}${index}`),
    names: Object.fromEntries(changeIds.map((id, index) => [`#${prefix}${index}`, id])),
  };
}
