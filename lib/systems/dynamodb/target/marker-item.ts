import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../../core/model/audit-store.js';
import type { KnownFence, Marker, MarkerKind, TargetFence } from '../../../core/model/target-system.js';
import { mapOf, numberOf, type PlainItem, textOf } from '../connection/attribute-values.js';
import type { ItemUpdate } from '../connection/item-update.js';

/** The fence and the markers of one chain in a target system: one item, so that a transaction needs only one write for both. */
export interface MarkerItem extends TargetFence {
  readonly tablesVersion: number;
  /** Changes each time the fence is raised. */
  readonly version: number;
  readonly markers: readonly Marker[];
}

/** What a transaction does to the item. */
export interface MarkerChange {
  /** Raises the fence, provided that nobody has raised it since `version` was read. */
  readonly fence?: { readonly token: number; readonly version: number; readonly witness: ChainHead };
  readonly write: readonly Marker[];
  readonly remove: readonly string[];
}

/** Which markers are removed once their attempts are settled. */
export interface MarkerRemoval {
  /** At least one. */
  readonly ids: readonly string[];
  readonly token: number;
  /** @default the fence keeps its witness */
  readonly witness?: ChainHead;
}

/** The key of a chain's item. It is unambiguous: a store id contains no `#`, and the namespace stands last. */
export function markerKey({ storeId, namespace }: ChainIdentity): PlainItem {
  return { chain: `${storeId}#${namespace}` };
}

/** The item of a chain without markers, whose fence was never raised. */
export function emptyMarkerItem(chain: ChainIdentity, tablesVersion: number): PlainItem {
  const { storeId, namespace } = chain;
  return { ...markerKey(chain), storeId, namespace, tablesVersion, token: 0, version: 0, markers: {} };
}

/** Reads the stored item. What is missing in it counts as 0 or as none. */
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

/** Reads the fence of the stored item. */
export function fenceOf(item: PlainItem): TargetFence {
  const witness = mapOf(item, 'witness');
  const hash = textOf(witness, 'hash');
  return {
    token: numberOf(item, 'token'),
    witness: hash === undefined ? null : { seq: numberOf(witness, 'seq'), hash },
  };
}

/** Reads the fence of the stored item, with the chain that it belongs to. */
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

/** An update that raises the fence to the same or a higher fencing token, and creates the item when it is missing. */
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

/** An update that moves the item from `version` to the next one. */
export function upgradedMarkers(table: string, chain: ChainIdentity, version: number): ItemUpdate {
  return {
    ...at(table, chain),
    UpdateExpression: 'SET #tablesVersion = :next',
    ConditionExpression: '#tablesVersion = :version',
    ExpressionAttributeNames: { '#tablesVersion': 'tablesVersion' },
    ExpressionAttributeValues: { ':version': version, ':next': version + 1 },
  };
}

/**
 * An update that removes markers. Its condition: `token` is not lower than the fence's, and the witness, when there is one, is
 * later than the fence's.
 */
export function removingMarkers(
  table: string,
  chain: ChainIdentity,
  { ids, token, witness }: MarkerRemoval,
): ItemUpdate {
  const removal = markerPaths('r', ids);
  return {
    ...at(table, chain),
    UpdateExpression: `${witness ? 'SET #witness = :witness ' : ''}REMOVE ${removal.paths.join(', ')}`,
    ConditionExpression: `#token <= :token${witness ? ' AND (attribute_not_exists(#witness) OR #witness.#seq < :seq)' : ''}`,
    ExpressionAttributeNames: {
      '#token': 'token',
      '#markers': 'markers',
      ...(witness && { '#witness': 'witness', '#seq': 'seq' }),
      ...removal.names,
    },
    ExpressionAttributeValues: {
      ':token': token,
      ...(witness && { ':witness': { seq: witness.seq, hash: witness.hash }, ':seq': witness.seq }),
    },
  };
}

/** The update that is committed together with the effect of a change. */
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
