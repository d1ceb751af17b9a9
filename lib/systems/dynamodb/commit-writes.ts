import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationReasons, isAnswered } from './aws-errors.js';
import type { AttemptParts } from './dynamodb-attempt.js';
import type { OwnCalls } from './own-calls.js';
import { cancelled } from './transaction-errors.js';
import type { TransactionWrite } from './transaction-writer.js';

const MOST_TRIES = 4;
const PAUSE_MS = 200;

/**
 * Sends a transaction, and again when there was no answer: by its token DynamoDB knows it again and does not do it twice.
 *
 * @throws TargetSystemError when it was cancelled, or what the last try ended with: it may have happened
 */
export async function commitWrites(
  calls: OwnCalls,
  parts: AttemptParts,
  writes: readonly TransactionWrite[],
  token: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    parts.scope.guard();
    try {
      return await calls.transact(writes, token);
    } catch (error) {
      const reasons = cancellationReasons(error);
      if (reasons) throw cancelled(parts, writes, reasons, error);
      if (isAnswered(error) || tries === MOST_TRIES) throw error;
    }
    await sleep(PAUSE_MS * tries);
  }
}
