import type { PerformRecipe } from '../../core/model/recipe.js';
import { hasEvent } from './events/find-events.js';
import { isSeededBy, type KafkaEvent, type LookForEvents, seedOf } from './events/kafka-event.js';
import { TopicTakenError } from './connection/kafka-errors.js';
import type { KafkaSession } from './connection/kafka-session.js';
import { CREATE_ACLS, DELETE_ACLS } from './recipes/acls.recipes.js';
import { ADD_PARTITIONS } from './recipes/add-partitions.recipe.js';
import { ALTER_CONFIGURATION } from './recipes/alter-configuration.recipe.js';
import { DELETE_TOPIC } from './recipes/delete-topic.recipe.js';
import { ENSURE_TOPIC, type EnsureTopic } from './recipes/ensure-topic.recipe.js';
import { SEED_EVENTS } from './recipes/seed-events.recipe.js';
import { aclText, type KafkaAcl, presentAcls } from './topics/acl-entries.js';
import type { TopicConfiguration } from './topics/topic-configuration.js';
import { describeTopic, type TopicDescription } from './topics/topic-description.js';

/** What the client of topics works through. */
export interface KafkaTopicsParts {
  /** Runs a recipe, or previews it. */
  readonly perform: PerformRecipe<KafkaSession>;
  /** Runs a call that only reads, through the gate. @throws when the gate refuses it */
  read<T>(call: string, work: (session: KafkaSession) => Promise<T>): Promise<T>;
}

/**
 * The client of a Kafka target system for topics, their settings, rights and events.
 *
 * Every method that changes something is a recipe: called again, it finds nothing to change; it can be previewed; `Recipes.undo()`
 * reverts it where that is possible. Kafka's own topics (`__…`) are refused.
 */
export class KafkaTopics {
  readonly #parts: KafkaTopicsParts;

  /** @internal */
  constructor(parts: KafkaTopicsParts) {
    this.#parts = parts;
  }

  /**
   * Creates a topic. An existing one gets the partitions and the settings that are named.
   *
   * @throws TargetSystemError when the topic has more partitions or another replication than asked for, or when the broker refuses
   *   a setting, which the error names
   */
  async ensureTopic(topic: EnsureTopic): Promise<void> {
    try {
      await this.#parts.perform(ENSURE_TOPIC, topic);
    } catch (error) {
      if (!(error instanceof TopicTakenError)) throw error;
      await this.#parts.perform(ENSURE_TOPIC, topic);
    }
  }

  /**
   * Changes the settings that are named and no others. Null removes a setting, so that the cluster's default counts.
   *
   * @throws TargetSystemError when there is no such topic, or when the broker refuses a setting, which the error names
   */
  alterConfiguration(topic: string, configuration: TopicConfiguration): Promise<void> {
    return this.#parts.perform(ALTER_CONFIGURATION, { topic, configuration });
  }

  /**
   * Gives a topic `total` partitions. It can't be undone.
   *
   * @throws TargetSystemError when there is no such topic, or when it has more partitions already
   */
  addPartitions(topic: string, total: number): Promise<void> {
    return this.#parts.perform(ADD_PARTITIONS, { topic, total });
  }

  /** Deletes a topic and its events, if it exists. It can't be undone. @throws TargetSystemError unless `allowDelete` is true */
  deleteTopic(topic: string, { allowDelete }: { readonly allowDelete: boolean }): Promise<void> {
    return this.#parts.perform(DELETE_TOPIC, { topic, allowDelete });
  }

  /** Creates access rules (ACLs). @throws TargetSystemError when the cluster has no authorizer */
  createAcls(acls: readonly KafkaAcl[]): Promise<void> {
    return this.#parts.perform(CREATE_ACLS, acls);
  }

  /** Deletes exactly these access rules. @throws TargetSystemError when the cluster has no authorizer */
  deleteAcls(acls: readonly KafkaAcl[]): Promise<void> {
    return this.#parts.perform(DELETE_ACLS, acls);
  }

  /**
   * Writes events in one transaction: readers of committed events see all of them or none. Headers name the change, the attempt and
   * the execution. Events that this change has already written are not written again: to find them, the topic is read, from `since`
   * on where that is given. It can't be undone.
   *
   * @returns true when the events were written by this call
   * @throws TargetSystemError when there is no such topic
   */
  seedEvents(
    topic: string,
    events: readonly KafkaEvent[],
    { since }: Pick<LookForEvents, 'since'> = {},
  ): Promise<boolean> {
    return this.#parts.perform(SEED_EVENTS, { topic, events, since });
  }

  /**
   * For `@Verify`: whether the topic has committed events that a change seeded. Reads the topic.
   *
   * A change that seeds a topic more than once names the `events` that it seeds last; without them, any of its events counts.
   */
  hasEvents(topic: string, { changeId, events, since }: LookForEvents = {}): Promise<boolean> {
    return this.#parts.read(`look for events on topic '${topic}'`, (session) => {
      const { storeId, namespace, changeId: own } = session.seeder;
      const seeder = { storeId, namespace, changeId: changeId ?? own };
      const seed = events && seedOf(events);
      return hasEvent(session, { topic, since, matches: (headers) => isSeededBy(headers, seeder, seed) });
    });
  }

  /** For `@Verify`: whether all of these access rules exist. @throws TargetSystemError when the cluster has no authorizer */
  hasAcls(acls: readonly KafkaAcl[]): Promise<boolean> {
    return this.#parts.read(`look for ACLs: ${acls.map(aclText).join('; ')}`, async ({ admin }) => {
      return (await presentAcls(admin, acls)).length === acls.length;
    });
  }

  /** Partitions, replication and settings of a topic; undefined when there is none. */
  describeTopic(topic: string): Promise<TopicDescription | undefined> {
    return this.#parts.read(
      `look at topic '${topic}'`,
      async ({ admin }) => (await describeTopic(admin, topic)) ?? undefined,
    );
  }
}
