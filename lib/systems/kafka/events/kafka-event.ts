import { createHash } from 'node:crypto';
import type { IHeaders } from 'kafkajs';
import type { Transactor } from '../connection/seeding-producer.js';
import type { Seeder } from '../connection/kafka-session.js';

/** An event to be seeded. */
export interface KafkaEvent {
  /** Determines the partition, and which events a compacted topic keeps. @default none */
  readonly key?: string | Uint8Array | null;
  /** The payload; null is a tombstone. */
  readonly value: string | Uint8Array | null;
  /** Names that begin with `flamingock-` are reserved. */
  readonly headers?: Readonly<Record<string, string | Uint8Array>>;
  /** @default the partition of the key */
  readonly partition?: number;
}

/** Which events to look for. */
export interface LookForEvents {
  /** The change that seeded them. @default the change that asks */
  readonly changeId?: string;
  /**
   * The events of one call of `seedEvents`, for a change that seeds a topic more than once.
   *
   * @default any event that the change seeded
   */
  readonly events?: readonly KafkaEvent[];
  /** Skips events older than this, so that a long topic need not be read from its beginning. @default reads all events */
  readonly since?: Date;
}

const STORE = 'flamingock-store';
const NAMESPACE = 'flamingock-namespace';
const CHANGE = 'flamingock-change';
const ATTEMPT = 'flamingock-attempt';
const EXECUTION = 'flamingock-execution';
const SEED = 'flamingock-seed';

/** Headers of a seeded event: the change, its attempt and the seed that the event belongs to. */
export function seedHeaders(
  { storeId, namespace, changeId, attempt, executionId }: Seeder,
  seed: string,
): IHeaders {
  return {
    [STORE]: storeId,
    [NAMESPACE]: namespace,
    [CHANGE]: changeId,
    [ATTEMPT]: String(attempt),
    [EXECUTION]: executionId,
    [SEED]: seed,
  };
}

/** Whether a change seeded the event; with `seed`, whether it did in that very call. A change of another audit store is another change. */
export function isSeededBy(
  headers: IHeaders | undefined,
  { storeId, namespace, changeId }: Transactor,
  seed?: string,
): boolean {
  const has = (name: string, value: string): boolean => String(headers?.[name] ?? '') === value;
  const isOfChain = has(STORE, storeId) && has(NAMESPACE, namespace);
  return isOfChain && has(CHANGE, changeId) && (seed === undefined || has(SEED, seed));
}

/** A hash of the events in their order, so that another process recognises them. */
export function seedOf(events: readonly KafkaEvent[]): string {
  const contents = events.map(({ key = null, value, headers = {}, partition = null }) => [
    textOf(key),
    textOf(value),
    Object.keys(headers)
      .sort()
      .map((name) => [name, textOf(headers[name] ?? '')]),
    partition,
  ]);
  return createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
}

function textOf(content: string | Uint8Array | null): string | null {
  return content === null ? null : Buffer.from(content as string).toString('base64');
}
