import { isError } from '../../../core/kit/text.js';

/** The fields of a driver's error that are read here. Not `instanceof`: the app may have another copy of the driver. */
interface MongoErrorFacts {
  readonly name?: unknown;
  readonly code?: unknown;
  /** Set when the other members of the replica set have not confirmed the write. */
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

/** True for a server's error with the code of that name. */
export function isMongoError(error: unknown, name: keyof typeof CODES): boolean {
  if (factsOf(error).code !== CODES[name]) return false;
  return name !== 'standalone' || /transaction numbers/i.test(messageIn(error));
}

/** NotWritablePrimary, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary, PrimarySteppedDown. */
const NOT_PRIMARY: readonly unknown[] = [10107, 13435, 13436, 189];

/** True when the server takes no writes, because it is no primary. */
export function isNotPrimary(error: unknown): boolean {
  return NOT_PRIMARY.includes(factsOf(error).code);
}

/**
 * Codes of a server that stops, steps down or cannot reach the other members in time; the command may have taken effect: HostUnreachable,
 * HostNotFound, WriteConcernTimeout, NetworkTimeout, ShutdownInProgress, ExceededTimeLimit, SocketException,
 * InterruptedAtShutdown, InterruptedDueToReplStateChange.
 */
const PASSING: readonly unknown[] = [...NOT_PRIMARY, 6, 7, 64, 89, 91, 262, 9001, 11600, 11602];

/** True when the server itself answered with an error code, and it is certain that the command had no effect. */
export function isAnswered(error: unknown): boolean {
  const { code } = factsOf(error);
  if (typeof code !== 'number' || PASSING.includes(code) || isUnconfirmed(error)) return false;
  return !isTransient(error) && !isUnknownCommit(error) && !hasLabel(error, 'RetryableWriteError');
}

/** True when the write may have happened on the primary, but the other members have not confirmed it. */
function isUnconfirmed(error: unknown): boolean {
  const { name, writeConcernError } = factsOf(error);
  return name === 'MongoWriteConcernError' || isObject(writeConcernError);
}

/** Names of errors that the driver's own checks and the encoding as BSON throw. */
const UNSENT = /^(MongoInvalidArgumentError|BSON\w*Error|RangeError|TypeError)$/;

/** True when the driver itself refused a write, for example a document that is too large, and never sent it. */
export function isUnsent(error: unknown): boolean {
  return isError(error) && UNSENT.test(error.name) && !isTransient(error);
}

/** True when the driver says, of this error or one of its causes, that the transaction was not committed and can be run again. */
export function isTransient(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError');
}

/** True when the result of a commit is unknown; the commit can be sent again. */
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
