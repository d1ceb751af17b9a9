/** Errors with which Couchbase answers that it has not done it, and will not. Anything else may have been done. */
const ANSWERS = new Set([
  'AuthenticationFailureError',
  'BucketNotFoundError',
  'CollectionNotFoundError',
  'DurabilityImpossibleError',
  'DurabilityLevelNotAvailableError',
  'EncodingFailureError',
  'FeatureNotAvailableError',
  'InvalidArgumentError',
  'InvalidDurabilityLevel',
  'QuotaLimitedError',
  'ScopeNotFoundError',
  'UnsupportedOperationError',
  'ValueTooLargeError',
]);

const MISSING_PLACES = new Set(['BucketNotFoundError', 'CollectionNotFoundError', 'ScopeNotFoundError']);

/** True when there is no document of that key. */
export function isMissingDocument(error: unknown): boolean {
  return nameOf(error) === 'DocumentNotFoundError';
}

/** True when there is a document of that key already. */
export function isExistingDocument(error: unknown): boolean {
  return nameOf(error) === 'DocumentExistsError';
}

/** True when the document was written by somebody else since it was read. */
export function isCasMismatch(error: unknown): boolean {
  return nameOf(error) === 'CasMismatchError';
}

/** True when the bucket, the scope or the collection does not exist. */
export function isMissingPlace(error: unknown): boolean {
  return MISSING_PLACES.has(nameOf(error));
}

/** True when the copies that the durability level asks for cannot be made. */
export function isNotDurable(error: unknown): boolean {
  return /^(DurabilityImpossible|DurabilityLevelNotAvailable)Error$/.test(nameOf(error));
}

/** True when nothing was written, for sure. */
export function isAnswered(error: unknown): boolean {
  return ANSWERS.has(nameOf(error));
}

/** By its looks: an app may have another copy of the SDK. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
