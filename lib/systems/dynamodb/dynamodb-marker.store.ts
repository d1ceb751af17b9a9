import type { ChainIdentity } from '../../core/audit-store.js';
import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../core/target-system.js';
import { isConditionFailed } from './aws-errors.js';
import { createTable } from './create-table.js';
import { createCommand } from './definition-text.js';
import {
  emptyMarkerItem,
  fenceOf,
  knownFenceOf,
  markerKey,
  raisingFence,
  removingMarkers,
  upgradedMarkers,
} from './marker-item.js';
import { type MarkerPlace, markerVersion, notOpened, readMarkerItem, unlessMissing } from './marker-place.js';
import { markerTable } from './table-definitions.js';

/** The fence and the markers of one chain. */
export class DynamoDbMarkerStore implements MarkerStore {
  constructor(
    private readonly place: MarkerPlace,
    private readonly chain: ChainIdentity,
    private readonly mayCreate: boolean,
  ) {}

  async open(): Promise<void> {
    const { place, chain } = this;
    const found = await readMarkerItem(place, chain);
    if (found) return this.upgrade(found.tablesVersion);
    const item = emptyMarkerItem(chain, markerVersion(place));
    const putting = () => place.calls.putOnce(place.table, item, 'chain').then(() => 'put');
    if (await unlessMissing(putting())) return;
    await this.create();
    await putting();
  }

  /** Nothing is locked: a transaction that has not been sent yet is refused when it comes after this. */
  async raiseFence(token: number): Promise<TargetFence> {
    const { place, chain } = this;
    try {
      return fenceOf(
        await place.calls.updated(raisingFence(place.table, chain, token, markerVersion(place))),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
    const found = await readMarkerItem(place, chain);
    if (!found) throw notOpened(place, chain);
    return { token: found.token, witness: found.witness };
  }

  async read(): Promise<readonly Marker[]> {
    return (await readMarkerItem(this.place, this.chain))?.markers ?? [];
  }

  async remove(changeIds: readonly string[], token: number): Promise<void> {
    const { calls, table } = this.place;
    const ids = [...new Set(changeIds)];
    if (ids.length === 0) return;
    try {
      await calls.update(removingMarkers(table, this.chain, ids, token));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }

  async fences(): Promise<readonly KnownFence[]> {
    const found: KnownFence[] = [];
    const reading = async () => {
      for await (const page of this.place.calls.scan(this.place.table)) found.push(...page.map(knownFenceOf));
    };
    await unlessMissing(reading());
    return found;
  }

  async forget(): Promise<void> {
    const { calls, table } = this.place;
    await unlessMissing(calls.delete(table, markerKey(this.chain)));
  }

  /** Replicas may race: who comes second finds it done. */
  private async upgrade(from: number): Promise<void> {
    const { place, chain } = this;
    for (let version = from; version < markerVersion(place); version++) {
      await place.upgrades[version - 1]?.(place, chain);
      await place.calls.update(upgradedMarkers(place.table, chain, version)).catch((error: unknown) => {
        if (!isConditionFailed(error)) throw error;
      });
    }
  }

  private async create(): Promise<void> {
    const definition = markerTable(this.place.table);
    if (!this.mayCreate) throw this.missing('createTables is false');
    try {
      await createTable(this.place.calls, definition);
    } catch (error) {
      throw this.missing(`cannot be created: ${messageOf(error)}`, error);
    }
  }

  private missing(why: string, cause?: unknown): TargetSystemError {
    const { table, targetId } = this.place;
    return new TargetSystemError(
      `The table '${table}' for the markers of target system '${targetId}' does not exist and ${why}`,
      {
        cause,
        fix: [
          `let somebody who may execute:\n${createCommand(markerTable(table))}`,
          `allow the app's role dynamodb:GetItem, PutItem and UpdateItem on table/${table}`,
          ...(cause === undefined ? ['or say createTables: true'] : []),
        ],
      },
    );
  }
}
