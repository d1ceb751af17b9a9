import { TargetSystemError } from '../../core/errors.js';
import type { CancellationReason } from './aws-errors.js';
import { describeRequest } from './command-kind.js';
import type { AttemptParts } from './dynamodb-attempt.js';
import { MOST_WRITES, type TransactionWrite } from './transaction-writer.js';

/** With the marker: one item. */
export const LEFT_BESIDE_MARKER = MOST_WRITES - 1;

/** With the audit: the end of the chain, and two items each for the end of a change and for the start of the next one. */
const LEFT_BESIDE_AUDIT = MOST_WRITES - 5;

/** The writes of a change are too many, wherever the audit is. Nothing was sent. */
export function tooManyForAny(parts: AttemptParts, writes: number): TargetSystemError {
  const left = `${LEFT_BESIDE_MARKER} are left for the change, or ${LEFT_BESIDE_AUDIT} where the audit store has the same client`;
  return tooMany(parts, `${writes} writes or more`, `some of them Flamingock's: ${left}`);
}

/** They are too many beside what Flamingock writes with them. Nothing was sent. */
export function tooManyWrites(parts: AttemptParts, writes: number, own: number): TargetSystemError {
  const left = MOST_WRITES - own;
  const also = left > LEFT_BESIDE_AUDIT ? `, ${LEFT_BESIDE_AUDIT} where another change follows it` : '';
  const room = `${left} are left for the change${also}`;
  return tooMany(parts, `${writes} writes`, `${own} of them Flamingock's: ${room}`);
}

function tooMany({ scope, targetId }: AttemptParts, writes: string, taken: string): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' has ${writes} for one transaction on target system '${targetId}', but DynamoDB takes ` +
      `${MOST_WRITES}, ${taken}; nothing was written.`,
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
