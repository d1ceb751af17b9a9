import { TargetSystemError } from '../../../core/model/errors.js';

/**
 * The protocol's name of a broker's error answer, such as `INVALID_CONFIG`; undefined for any other error. Also looks into the cause,
 * where kafkajs keeps the answer after it has retried and given up. Goes by the error's fields, since an app may have two copies of
 * kafkajs.
 */
export function brokerAnswer(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const cause = 'cause' in error ? error.cause : undefined;
  const original = 'originalError' in error ? error.originalError : undefined;
  return lastAnswer(error) ?? brokerAnswer(cause) ?? brokerAnswer(original);
}

/** As `brokerAnswer`, but undefined when kafkajs has retried the call by itself. */
export function lastAnswer(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('errors' in error && Array.isArray(error.errors)) return lastAnswer(error.errors[0]);
  return 'type' in error && typeof error.type === 'string' ? error.type : undefined;
}

/** The reason of a failure, for people. kafkajs collects several errors under a message without content, so the first of them is read. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Object)) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) return reasonOf(error.errors[0]);
  const message = 'message' in error ? String(error.message) : JSON.stringify(error);
  const answer = brokerAnswer(error);
  return answer ? `${message} (${answer})` : message;
}

/** For `catch`: resolves to `answer` when the broker's error answer is one of `types`, and throws any other error. */
export function unlessAnswered<T>(answer: T, ...types: readonly string[]): (error: unknown) => T {
  return (error) => {
    const type = brokerAnswer(error);
    if (type !== undefined && types.includes(type)) return answer;
    throw error;
  };
}

/** An operation failed before it changed anything, so there is nothing to undo. */
export class NothingDoneError extends TargetSystemError {}

/** Somebody else created the topic after the operation had found it missing. */
export class TopicTakenError extends NothingDoneError {
  constructor(topic: string) {
    super(
      `Somebody else has made topic '${topic}' at the same moment, and the broker does not serve it yet.`,
      {
        fix: ['start again: the topic is taken as it is then'],
      },
    );
  }
}

/** Answers that a broker gives before it changes anything. Others may come from a controller that was replaced after the change. */
const REFUSALS = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_CONFIG',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_REPLICA_ASSIGNMENT',
  'INVALID_REQUEST',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
  'REASSIGNMENT_IN_PROGRESS',
  'TOPIC_AUTHORIZATION_FAILED',
  'TOPIC_DELETION_DISABLED',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNSUPPORTED_VERSION',
]);

/** For a recipe's `wasRefused`. */
export function isNothingDone(error: unknown): boolean {
  return error instanceof NothingDoneError;
}

/** For `catch` of the call that changes something. @throws NothingDoneError when the broker refused; any other error unchanged */
export function sayRefused(what: string): (error: unknown) => never {
  return (error) => {
    const answer = brokerAnswer(error) ?? '';
    if (!REFUSALS.has(answer)) throw error;
    throw new NothingDoneError(`The broker refuses to ${what}: ${reasonOf(error)}`, {
      cause: error,
      fix: answer.endsWith('_AUTHORIZATION_FAILED')
        ? ['give the user whose Kafka the target system was given the right to do it']
        : [],
    });
  };
}
