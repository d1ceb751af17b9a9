import { isError } from '../../core/error-text.js';

/** What MongoDB's driver says about an error; read from its fields, since the driver itself is the user's. */
interface MongoErrorFacts {
  readonly name?: unknown;
  readonly code?: unknown;
  /** Beside or in place of an error of the command itself. */
  readonly writeConcernError?: unknown;
  readonly message?: unknown;
  readonly hasErrorLabel?: (label: string) => boolean;
  readonly cause?: unknown;
}

const CODES = {
  standalone: 20,
  unauthorized: 13,
  namespaceExists: 48,
  maxTimeExpired: 50,
  writeConflict: 112,
  noSuchTransaction: 251,
  notInTransaction: 263,
  duplicateKey: 11000,
  uninitiated: 13436,
} as const;

/** An error of the driver by the name of its code. */
export function isMongoError(error: unknown, name: keyof typeof CODES): boolean {
  if (factsOf(error).code !== CODES[name]) return false;
  return name !== 'standalone' || /transaction numbers/i.test(messageIn(error));
}

/** NotWritablePrimary, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary, PrimarySteppedDown. */
const NOT_PRIMARY: readonly unknown[] = [10107, 13435, 13436, 189];

/** True when the server takes no writes, since it is a secondary. */
export function isNotPrimary(error: unknown): boolean {
  return NOT_PRIMARY.includes(factsOf(error).code);
}

/**
 * What a server says that stops, steps down or cannot reach the others in time, maybe after it has done it: HostUnreachable,
 * HostNotFound, WriteConcernTimeout, NetworkTimeout, ShutdownInProgress, ExceededTimeLimit, SocketException,
 * InterruptedAtShutdown, InterruptedDueToReplStateChange.
 */
const PASSING: readonly unknown[] = [...NOT_PRIMARY, 6, 7, 64, 89, 91, 262, 9001, 11600, 11602];

/** True when the server itself answered with an error code, and for sure has not done what it was asked. */
export function isAnswered(error: unknown): boolean {
  const { code } = factsOf(error);
  if (typeof code !== 'number' || PASSING.includes(code) || isUnconfirmed(error)) return false;
  return !isTransient(error) && !isUnknownCommit(error) && !hasLabel(error, 'RetryableWriteError');
}

/** The write may have happened on the primary, and the others have not confirmed it. */
function isUnconfirmed(error: unknown): boolean {
  const { name, writeConcernError } = factsOf(error);
  return name === 'MongoWriteConcernError' || isObject(writeConcernError);
}

/** Of the driver's own checks and of what turns values into BSON; a value that is out of range, or of the wrong type. */
const UNSENT = /^(MongoInvalidArgumentError|BSON\w*Error|RangeError|TypeError)$/;

/** True for an error of a write that the driver itself refuses, such as a document that is too large: it was never sent. */
export function isUnsent(error: unknown): boolean {
  return isError(error) && UNSENT.test(error.name) && !isTransient(error);
}

/** The transaction has not been committed and can be run again, says the driver: this error or one that it was caused by. */
export function isTransient(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError');
}

/** The commit was sent, and nobody knows whether it happened; it can be sent again. */
export function isUnknownCommit(error: unknown): boolean {
  return hasLabel(error, 'UnknownTransactionCommitResult') && !isMongoError(error, 'maxTimeExpired');
}

function hasLabel(error: unknown, label: string): boolean {
  const seen = new Set<unknown>();
  for (let current = error; isObject(current) && !seen.has(current); current = factsOf(current).cause) {
    seen.add(current);
    if (factsOf(current).hasErrorLabel?.(label) === true) return true;
  }
  return false;
}

function messageIn(error: unknown): string {
  const { message } = factsOf(error);
  return typeof message === 'string' ? message : '';
}

function factsOf(error: unknown): MongoErrorFacts {
  return isObject(error) ? error : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
