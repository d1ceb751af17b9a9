/** What the SDK adds to an error that a server answered with. */
interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly CancellationReasons?: readonly CancellationReason[];
}

/** Why one write of a transaction was not possible. */
export interface CancellationReason {
  /** `None` for a write that was possible. */
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

/** True when another process creates the table, or has created it. */
export function isBeingCreated(error: unknown): boolean {
  return nameOf(error) === 'ResourceInUseException';
}

/** True when the item did not meet the write's condition; it was not written. */
export function isConditionFailed(error: unknown): boolean {
  return nameOf(error) === 'ConditionalCheckFailedException';
}

/** True when DynamoDB answered that this role lacks the permission. */
export function isMissingRight(error: unknown): boolean {
  return nameOf(error) === 'AccessDeniedException';
}

/** True when DynamoDB answered that a limit of throughput or of concurrent operations is reached; a later try may succeed. */
export function isLimited(error: unknown): boolean {
  return BUSY.has(nameOf(error)) || nameOf(error) === 'LimitExceededException';
}

/** True when DynamoDB refused the request for good; false when it did not answer, failed, or reached a limit. */
export function isRefused(error: unknown): boolean {
  const { httpStatusCode: status = 0 } = (isAwsError(error) && error.$metadata) || {};
  return isMissingRight(error) || (status >= 400 && status < 500 && status !== 408 && !isLimited(error));
}

/** True when `reading` succeeds, so that its table exists. */
export function isReadable(reading: Promise<unknown>): Promise<boolean> {
  return reading.then(
    () => true,
    () => false,
  );
}

/** Why a transaction was cancelled: one reason for each of its writes, in their order. Undefined for other errors. */
export function cancellationReasons(error: unknown): readonly CancellationReason[] | undefined {
  if (nameOf(error) !== 'TransactionCanceledException') return undefined;
  return (error as AwsError).CancellationReasons ?? [];
}

/** True when nothing was written because of a conflict with another transaction or too many requests; another try may succeed. */
export function isBusy(error: unknown): boolean {
  if (BUSY.has(nameOf(error))) return true;
  const blamed = cancellationReasons(error)?.filter(({ Code = 'None' }) => Code !== 'None') ?? [];
  return blamed.length > 0 && blamed.every(({ Code = '' }) => BUSY_REASONS.has(Code));
}

/**
 * True when DynamoDB answered that it did nothing. After any other error the request may have taken effect: also when the SDK
 * sent it more than once, because this is only the answer to the last one.
 */
export function isAnswered(error: unknown): boolean {
  const { httpStatusCode: status = 0, attempts = 1 } = (isAwsError(error) && error.$metadata) || {};
  return status >= 400 && status < 500 && status !== 408 && attempts === 1 && !isBusy(error);
}

function nameOf(error: unknown): string {
  return isAwsError(error) ? error.name : '';
}

/** Not `instanceof`: an app may have another copy of the SDK. */
function isAwsError(error: unknown): error is AwsError {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string';
}
