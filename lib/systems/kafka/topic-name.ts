import { TargetSystemError } from '../../core/errors.js';
import { NothingDoneError } from './nothing-done.error.js';

/** @throws TargetSystemError for a topic that belongs to Kafka itself */
export function refuseInternal(topic: string): void {
  if (!topic.startsWith('__')) return;
  throw new TargetSystemError(`The topic '${topic}' belongs to Kafka itself; changes leave it alone.`, {
    fix: ['name a topic of your own: one that does not begin with "__"'],
  });
}

/** What an operation says that needs a topic. */
export function missingTopic(topic: string): NothingDoneError {
  return new NothingDoneError(`There is no topic '${topic}'.`, {
    fix: [`make it first: await topics.ensureTopic({ topic: '${topic}', partitions: 1 })`],
  });
}

/** What an operation says whose topic the broker cannot have. */
export function badName(topic: string): TargetSystemError {
  return new TargetSystemError(`The broker refuses '${topic}' as the name of a topic.`, {
    fix: ['take at most 249 letters of A-Z, a-z, 0-9, ".", "_" and "-"'],
  });
}
