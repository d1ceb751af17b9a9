import { TargetSystemError } from '../../core/errors.js';
import { brokerAnswer, reasonOf } from './kafka-errors.js';

/** An operation ended before it did anything: there is nothing to put back. */
export class NothingDoneError extends TargetSystemError {}

/** Somebody else made the topic after it was found missing. */
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

/** Only those that come before anything is done: a controller that is replaced may have done it. */
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

/** What a recipe's `wasRefused` asks. */
export function isNothingDone(error: unknown): boolean {
  return error instanceof NothingDoneError;
}

/** For the one call that does it. @throws NothingDoneError when the broker refused; any other error as it is */
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
