import { createHash } from 'node:crypto';
import type { IHeaders } from 'kafkajs';
import type { KafkaEvent } from './kafka-event.js';
import type { Seeder } from './kafka-session.js';

const NAMESPACE = 'flamingock-namespace';
const CHANGE = 'flamingock-change';
const ATTEMPT = 'flamingock-attempt';
const EXECUTION = 'flamingock-execution';
const SEED = 'flamingock-seed';

/** What an event has that a change seeded: who did it, and the seed that it is of. */
export function seedHeaders({ namespace, changeId, attempt, executionId }: Seeder, seed: string): IHeaders {
  return {
    [NAMESPACE]: namespace,
    [CHANGE]: changeId,
    [ATTEMPT]: String(attempt),
    [EXECUTION]: executionId,
    [SEED]: seed,
  };
}

/** Whether an event is a change's; of one seed, where that is asked for. */
export function isSeededBy(
  headers: IHeaders | undefined,
  { namespace, changeId }: Pick<Seeder, 'namespace' | 'changeId'>,
  seed?: string,
): boolean {
  const has = (name: string, value: string): boolean => String(headers?.[name] ?? '') === value;
  return has(NAMESPACE, namespace) && has(CHANGE, changeId) && (seed === undefined || has(SEED, seed));
}

/** The same for the same events in the same order, so that another process knows them again. */
export function seedOf(events: readonly KafkaEvent[]): string {
  const told = events.map(({ key = null, value, headers = {}, partition = null }) => [
    textOf(key),
    textOf(value),
    Object.keys(headers)
      .sort()
      .map((name) => [name, textOf(headers[name] ?? '')]),
    partition,
  ]);
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16);
}

function textOf(content: string | Uint8Array | null): string | null {
  return content === null ? null : Buffer.from(content as string).toString('base64');
}
