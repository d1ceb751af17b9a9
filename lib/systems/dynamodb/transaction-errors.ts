import { TargetSystemError } from '../../core/errors.js';
import type { CancellationReason } from './aws-errors.js';
import { describeRequest } from './command-kind.js';
import type { AttemptParts } from './dynamodb-attempt.js';
import { MOST_WRITES, type TransactionWrite } from './transaction-writer.js';

/** Nothing was sent. */
export function tooManyWrites(
  { scope, targetId }: AttemptParts,
  writes: number,
  own: number,
): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' has ${writes} writes for one transaction on target system '${targetId}', but DynamoDB takes ` +
      `${MOST_WRITES}, ${own} of them Flamingock's; nothing was written.`,
    {
      fix: [
        'make several changes of it',
        'or say transactional: false in @Change, with a @Rollback, and write in batches',
      ],
    },
  );
}

/** DynamoDB cancelled the transaction as a whole. */
export function cancelled(
  { scope, targetId }: AttemptParts,
  writes: readonly TransactionWrite[],
  reasons: readonly CancellationReason[],
  cause: unknown,
): TargetSystemError {
  const blamed = reasons.flatMap(({ Code = 'None', Message = '' }, index) =>
    Code === 'None' ? [] : [`${describeWrite(writes[index])}: ${Code}${Message ? ` (${Message})` : ''}`],
  );
  return new TargetSystemError(
    `DynamoDB cancelled the transaction of change '${scope.changeId}' on target system '${targetId}'; nothing of it was written: ${blamed.join('; ')}`,
    {
      cause,
      fix: [
        'look at the items of those tables: what the change demands of them, or DynamoDB of the write, does not hold',
        'then correct the items, or the change, and start again',
      ],
    },
  );
}

function describeWrite(write: TransactionWrite = {}): string {
  const [[command, input] = ['a write', undefined]] = Object.entries(write);
  return describeRequest({ command, input });
}
