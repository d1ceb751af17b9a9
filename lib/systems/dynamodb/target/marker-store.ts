import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../../core/model/audit-store.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../../core/model/target-system.js';
import { messageOf } from '../../../core/kit/text.js';
import { isConditionFailed, isMissingRight, isReadable, isRefused } from '../connection/aws-errors.js';
import { createTable, markerTable } from '../connection/tables.js';
import { markersFailed, markersMissing } from './marker-errors.js';
import {
  emptyMarkerItem,
  fenceOf,
  knownFenceOf,
  markerKey,
  type MarkerRemoval,
  raisingFence,
  removingMarkers,
  upgradedMarkers,
} from './marker-item.js';
import {
  type MarkerLocation,
  markerVersion,
  notOpened,
  readMarkerItem,
  unlessMissing,
} from './marker-location.js';

/** The fence and the markers of one chain. */
export class DynamoDbMarkerStore implements MarkerStore {
  readonly #location: MarkerLocation;
  readonly #chain: ChainIdentity;
  readonly #mayCreate: boolean;

  constructor(location: MarkerLocation, chain: ChainIdentity, mayCreate: boolean) {
    this.#location = location;
    this.#chain = chain;
    this.#mayCreate = mayCreate;
  }

  open(): Promise<void> {
    return this.#explained(() => this.#opened());
  }

  async #opened(): Promise<void> {
    const location = this.#location;
    const chain = this.#chain;
    const found = await readMarkerItem(location, chain);
    if (found) return this.#upgrade(found.tablesVersion);
    const item = emptyMarkerItem(chain, markerVersion(location));
    const putting = () => location.calls.putOnce(location.table, item, 'chain').then(() => 'put');
    if (await unlessMissing(putting())) return;
    await this.#create();
    await putting();
  }

  /** DynamoDB has no locks: a transaction that is sent after this one fails by its condition on the fence. */
  raiseFence(token: number): Promise<TargetFence> {
    return this.#explained(() => this.#raised(token));
  }

  async #raised(token: number): Promise<TargetFence> {
    const location = this.#location;
    const chain = this.#chain;
    try {
      return fenceOf(
        await location.calls.updated(raisingFence(location.table, chain, token, markerVersion(location))),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
    const found = await readMarkerItem(location, chain);
    if (!found) throw notOpened(location, chain);
    return { token: found.token, witness: found.witness };
  }

  async read(): Promise<readonly Marker[]> {
    return (await readMarkerItem(this.#location, this.#chain))?.markers ?? [];
  }

  async remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    const ids = [...new Set(changeIds)];
    if (ids.length === 0) return;
    const isDone = await this.#removed({ ids, token, witness });
    // The fence has a higher token, or a later witness: then the witness stays as it is.
    if (!isDone) await this.#removed({ ids, token });
  }

  async fences(): Promise<readonly KnownFence[]> {
    const found: KnownFence[] = [];
    const reading = async () => {
      for await (const page of this.#location.calls.scan(this.#location.table))
        found.push(...page.map(knownFenceOf));
    };
    await unlessMissing(reading());
    return found;
  }

  async forget(): Promise<void> {
    const { calls, table } = this.#location;
    await unlessMissing(calls.delete(table, markerKey(this.#chain)));
  }

  /** @returns false when the fence does not allow it */
  async #removed(removal: MarkerRemoval): Promise<boolean> {
    const { calls, table } = this.#location;
    try {
      await calls.update(removingMarkers(table, this.#chain, removal));
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return false;
    }
  }

  /** Several replicas may do this at once: the condition of the second one's update fails, because it is done. */
  async #upgrade(from: number): Promise<void> {
    const location = this.#location;
    const chain = this.#chain;
    for (let version = from; version < markerVersion(location); version++) {
      await location.upgrades[version - 1]?.(location, chain);
      await location.calls.update(upgradedMarkers(location.table, chain, version)).catch((error: unknown) => {
        if (!isConditionFailed(error)) throw error;
      });
    }
  }

  async #create(): Promise<void> {
    const definition = markerTable(this.#location.table);
    if (!this.#mayCreate) throw markersMissing(this.#location, 'createTables is false');
    try {
      await createTable(this.#location.calls, definition);
    } catch (error) {
      throw isRefused(error)
        ? markersMissing(this.#location, `cannot be created: ${messageOf(error)}`, error)
        : markersFailed(this.#location, 'cannot be created', error);
    }
  }

  /** Runs `work`; replaces the error of a missing permission by one that says how to grant it. */
  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isMissingRight(error)) throw error;
      const isThere = await isReadable(
        this.#location.calls.get(this.#location.table, markerKey(this.#chain)),
      );
      throw markersFailed(this.#location, 'may not be used', error, isThere);
    }
  }
}
