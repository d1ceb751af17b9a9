import type { Marker, MarkerKind } from '../../core/target-system.js';
import { numberOf, type PlainItem, textOf } from './attribute-values.js';
import type { ItemUpdate } from './item-update.js';

/** The bookkeeping of one namespace in a target system: one item, so that fence and markers cost a transaction one write. */
export interface MarkerItem {
  readonly token: number;
  /** Another one whenever the fence was raised. */
  readonly version: number;
  readonly markers: readonly Marker[];
}

/** What a transaction does to the item. */
export interface MarkerChange {
  /** Raises the fence, if nobody has since it was seen at `version`. */
  readonly fence?: { readonly token: number; readonly version: number };
  readonly write: readonly Marker[];
  readonly remove: readonly string[];
}

/** The item of a namespace in which nothing has been. */
export function emptyMarkerItem(namespace: string): PlainItem {
  return { namespace, token: 0, version: 0, markers: {} };
}

export function markerItemOf(item: PlainItem): MarkerItem {
  const { markers = {} } = item;
  const found =
    typeof markers === 'object' && !(markers instanceof Uint8Array) ? Object.entries(markers) : [];
  return {
    token: numberOf(item, 'token'),
    version: numberOf(item, 'version'),
    markers: found.flatMap(([changeId, value]) =>
      typeof value === 'object' && !(value instanceof Uint8Array) ? [markerOf(changeId, value)] : [],
    ),
  };
}

function markerOf(changeId: string, item: PlainItem): Marker {
  const kind = (textOf(item, 'kind') ?? '') as MarkerKind;
  return { changeId, attempt: numberOf(item, 'attempt'), fence: numberOf(item, 'fence'), kind };
}

/** Raises the fence in a write of its own, for the same or a newer token. */
export function raisingFence(table: string, namespace: string, token: number): ItemUpdate {
  return {
    ...at(table, namespace),
    UpdateExpression: 'SET #token = :token ADD #version :one',
    ConditionExpression: '#token <= :token',
    ExpressionAttributeNames: { '#token': 'token', '#version': 'version' },
    ExpressionAttributeValues: { ':token': token, ':one': 1 },
  };
}

/** Removes markers, for the same or a newer token than the fence's; at least one. */
export function removingMarkers(
  table: string,
  namespace: string,
  changeIds: readonly string[],
  token: number,
): ItemUpdate {
  const removal = markerPaths('r', changeIds);
  return {
    ...at(table, namespace),
    UpdateExpression: `REMOVE ${removal.paths.join(', ')}`,
    ConditionExpression: '#token <= :token',
    ExpressionAttributeNames: { '#token': 'token', '#markers': 'markers', ...removal.names },
    ExpressionAttributeValues: { ':token': token },
  };
}

/** What is committed together with the effect of a change. */
export function changingMarkers(
  table: string,
  namespace: string,
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
    ...(fence ? ['#token = :token'] : []),
    ...written.paths.map((path, index) => `${path} = :w${index}`),
  ];
  return {
    ...at(table, namespace),
    UpdateExpression: `SET ${sets.join(', ')}${removed.paths.length ? ` REMOVE ${removed.paths.join(', ')}` : ''}`,
    ConditionExpression: `attribute_exists(#version)${fence ? ' AND #version = :version' : ''}`,
    ExpressionAttributeNames: {
      '#version': 'version',
      ...(fence && { '#token': 'token' }),
      ...((written.paths.length > 0 || removed.paths.length > 0) && { '#markers': 'markers' }),
      ...written.names,
      ...removed.names,
    },
    ExpressionAttributeValues: {
      ':step': fence ? 1 : 0,
      ...(fence && { ':token': fence.token, ':version': fence.version }),
      ...Object.fromEntries(
        write.map(({ attempt, fence: token, kind }, index) => [
          `:w${index}`,
          { attempt, fence: token, kind },
        ]),
      ),
    },
  };
}

function at(TableName: string, namespace: string) {
  return { TableName, Key: { namespace } };
}

function markerPaths(prefix: string, changeIds: readonly string[]) {
  return {
    paths: changeIds.map((_, index) => `#markers.#${prefix}${index}`),
    names: Object.fromEntries(changeIds.map((id, index) => [`#${prefix}${index}`, id])),
  };
}
