import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { Marker, MarkerStore } from '../../core/target-system.js';
import { isConditionFailed, isMissingTable } from './aws-errors.js';
import { createTable } from './create-table.js';
import { createCommand } from './definition-text.js';
import { emptyMarkerItem, raisingFence, removingMarkers } from './marker-item.js';
import { type MarkerPlace, notOpened, readMarkerItem } from './marker-place.js';
import { markerTable } from './table-definitions.js';

/** The fence and the markers of one namespace. */
export class DynamoDbMarkerStore implements MarkerStore {
  constructor(
    private readonly place: MarkerPlace,
    private readonly namespace: string,
    private readonly mayCreate: boolean,
  ) {}

  async open(): Promise<void> {
    const { calls, table } = this.place;
    const found = await calls.get(table, { namespace: this.namespace }).catch((error: unknown) => {
      if (!isMissingTable(error)) throw error;
      return 'no table' as const;
    });
    if (found === 'no table') await this.create();
    if (typeof found !== 'object') await calls.putOnce(table, emptyMarkerItem(this.namespace), 'namespace');
  }

  /** Nothing is locked: a transaction that has not been sent yet is refused when it comes after this. */
  async raiseFence(token: number): Promise<boolean> {
    const { calls, table } = this.place;
    try {
      await calls.update(raisingFence(table, this.namespace, token));
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
    if (!(await readMarkerItem(this.place, this.namespace))) throw notOpened(this.place, this.namespace);
    return false;
  }

  async read(): Promise<readonly Marker[]> {
    return (await readMarkerItem(this.place, this.namespace))?.markers ?? [];
  }

  async remove(changeIds: readonly string[], token: number): Promise<void> {
    const { calls, table } = this.place;
    const ids = [...new Set(changeIds)];
    if (ids.length === 0) return;
    try {
      await calls.update(removingMarkers(table, this.namespace, ids, token));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
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
