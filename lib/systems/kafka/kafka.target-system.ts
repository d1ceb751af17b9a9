import type { Kafka } from 'kafkajs';
import { classOf } from '../../core/kit/class-of.js';
import { injectableTarget } from '../../core/kit/injectable.js';
import {
  type OpenRecipeAttempt,
  type RecipeAttempt,
  RecipeTargetSystem,
} from '../../core/kit/recipe-target-system.js';
import { guardedCalls, readingCalls } from './connection/guarded-client.js';
import { KafkaConnections } from './connection/kafka-connections.js';
import { KAFKA_ADMIN, KAFKA_PRODUCER, type KafkaTargetSystemOptions } from './kafka-options.js';
import type { KafkaSession } from './connection/kafka-session.js';
import { KafkaTopics } from './kafka.topics.js';

/**
 * A Kafka cluster as a target system, through your `Kafka` of kafkajs. It has no transactions: every call takes effect at
 * once. Only the events of one call of `KafkaTopics.seedEvents` are written in a transaction.
 *
 * Clients: `Kafka` (the main one), an admin client under `KAFKA_ADMIN` and a producer under `KAFKA_PRODUCER`, which connect
 * when the change first uses them, `KafkaTopics`, and `Recipes`. All of them are disconnected when the attempt ends.
 */
export class KafkaTargetSystem extends RecipeTargetSystem<KafkaSession> {
  readonly kind = 'kafka';

  constructor(id: string, kafka: Kafka, options: KafkaTargetSystemOptions = {}) {
    super(id, { open: (attempt) => openKafka(kafka, options, attempt) });
  }

  /** Takes the `Kafka` from the container. */
  static readonly inject = injectableTarget(KafkaTargetSystem, 'KafkaTargetSystem');
}

function openKafka(
  kafka: Kafka,
  options: KafkaTargetSystemOptions,
  { scope, gate, reading }: RecipeAttempt,
): OpenRecipeAttempt<KafkaSession> {
  const calls = reading ? readingCalls(gate) : guardedCalls(gate, scope);
  const connections = new KafkaConnections(kafka, options, calls);
  const session = connections.session(scope, { reading });
  return {
    session,
    clients: (perform) => [
      { token: classOf(kafka), instance: connections.guardedKafka() },
      { token: KAFKA_ADMIN, instance: connections.guardedAdmin() },
      { token: KAFKA_PRODUCER, instance: connections.guardedProducer() },
      {
        token: KafkaTopics,
        instance: new KafkaTopics({
          perform,
          read: (call, work) => gate.perform(call, () => work(session)),
        }),
      },
    ],
    during: (work) => connections.during(work),
  };
}
