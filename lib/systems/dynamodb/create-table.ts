import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { isBeingCreated, isMissingTable } from './aws-errors.js';
import type { OwnCalls } from './own-calls.js';

/** AWS takes some 10 s. */
const CREATION_MS = 120_000;
const POLL_MS = 100;

/** Creates a table, or waits for the replica that was faster. Resolves when it can be used. */
export async function createTable(calls: OwnCalls, definition: CreateTableCommandInput): Promise<void> {
  try {
    await calls.createTable(definition);
  } catch (error) {
    if (!isBeingCreated(error)) throw error;
  }
  for (const start = performance.now(); ; await sleep(POLL_MS)) {
    if (await isActive(calls, definition)) return;
    if (performance.now() - start > CREATION_MS)
      throw new Error(
        `The table '${definition.TableName}' was not active ${CREATION_MS / 1000} s after its creation`,
      );
  }
}

/** A table that was just created may be unknown for a moment. */
async function isActive(calls: OwnCalls, { TableName = '' }: CreateTableCommandInput): Promise<boolean> {
  return calls.isActive(TableName).catch((error: unknown) => {
    if (isMissingTable(error)) return false;
    throw error;
  });
}
