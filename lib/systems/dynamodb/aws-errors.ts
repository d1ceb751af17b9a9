/** What the SDK puts on errors that a server answered with. */
interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly CancellationReasons?: readonly CancellationReason[];
}

/** Why one write of a transaction was not possible; in the order of the writes. */
export interface CancellationReason {
  /** `None` for a write that was not to blame. */
  readonly Code?: string;
  readonly Message?: string;
}

const BUSY = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);
const BUSY_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** True when the table does not exist, or not yet. */
export function isMissingTable(error: unknown): boolean {
  return nameOf(error) === 'ResourceNotFoundException';
}

/** True when another process is just creating the table, or has. */
export function isBeingCreated(error: unknown): boolean {
  return nameOf(error) === 'ResourceInUseException';
}

/** True when an item was not as the write demanded; it was not written. */
export function isConditionFailed(error: unknown): boolean {
  return nameOf(error) === 'ConditionalCheckFailedException';
}

/** True when DynamoDB answered that this role may not do it. */
export function isMissingRight(error: unknown): boolean {
  return nameOf(error) === 'AccessDeniedException';
}

/** Why a transaction was cancelled, for each of its writes; undefined for other errors. */
export function cancellationReasons(error: unknown): readonly CancellationReason[] | undefined {
  if (nameOf(error) !== 'TransactionCanceledException') return undefined;
  return (error as AwsError).CancellationReasons ?? [];
}

/** True when nothing was written because others were at the same items, or there were too many requests: worth another try. */
export function isBusy(error: unknown): boolean {
  if (BUSY.has(nameOf(error))) return true;
  const blamed = cancellationReasons(error)?.filter(({ Code = 'None' }) => Code !== 'None') ?? [];
  return blamed.length > 0 && blamed.every(({ Code = '' }) => BUSY_REASONS.has(Code));
}

/**
 * True when DynamoDB answered that it will not do it. Anything else may have been done: also when the SDK asked more than
 * once, for this is the answer to the last time only.
 */
export function isAnswered(error: unknown): boolean {
  const { httpStatusCode: status = 0, attempts = 1 } = (isAwsError(error) && error.$metadata) || {};
  return status >= 400 && status < 500 && status !== 408 && attempts === 1 && !isBusy(error);
}

function nameOf(error: unknown): string {
  return isAwsError(error) ? error.name : '';
}

/** By its looks: an app may have another copy of the SDK. */
function isAwsError(error: unknown): error is AwsError {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string';
}
