/** Errors by which Couchbase says that it did nothing. After any other error the call may have taken effect. */
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

/** True when no document has that key. */
export function isMissingDocument(error: unknown): boolean {
  return nameOf(error) === 'DocumentNotFoundError';
}

/** True when a document has that key already. */
export function isExistingDocument(error: unknown): boolean {
  return nameOf(error) === 'DocumentExistsError';
}

/** True when somebody else has written the document since it was read. */
export function isCasMismatch(error: unknown): boolean {
  return nameOf(error) === 'CasMismatchError';
}

/** True when the bucket, the scope or the collection does not exist. */
export function isMissingLocation(error: unknown): boolean {
  return MISSING_PLACES.has(nameOf(error));
}

/** True when the cluster cannot make the copies that the durability level asks for. */
export function isNotDurable(error: unknown): boolean {
  return /^(DurabilityImpossible|DurabilityLevelNotAvailable)Error$/.test(nameOf(error));
}

/** True when it is certain that nothing was written. */
export function isAnswered(error: unknown): boolean {
  return ANSWERS.has(nameOf(error));
}

/** Not `instanceof`: an app may have another copy of the SDK. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
