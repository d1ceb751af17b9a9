import type { PerformRecipe } from '../../core/recipe.js';
import { presentAcls } from './acl-entries.js';
import { isSeededBy, seedOf } from './event-headers.js';
import { hasEvent } from './find-events.js';
import { aclText, type KafkaAcl } from './kafka-acl.js';
import type { KafkaEvent, LookForEvents } from './kafka-event.js';
import type { KafkaSession } from './kafka-session.js';
import { TopicTakenError } from './nothing-done.error.js';
import { ADD_PARTITIONS } from './recipes/add-partitions.recipe.js';
import { ALTER_CONFIGURATION } from './recipes/alter-configuration.recipe.js';
import { CREATE_ACLS } from './recipes/create-acls.recipe.js';
import { DELETE_ACLS } from './recipes/delete-acls.recipe.js';
import { DELETE_TOPIC } from './recipes/delete-topic.recipe.js';
import { ENSURE_TOPIC, type EnsureTopic } from './recipes/ensure-topic.recipe.js';
import { SEED_EVENTS } from './recipes/seed-events.recipe.js';
import type { TopicConfiguration } from './topic-configuration.js';
import { describeTopic, type TopicDescription } from './topic-description.js';

/** What the client of topics works through. */
export interface KafkaTopicsParts {
  /** Does an operation, or says what it would do. */
  readonly perform: PerformRecipe<KafkaSession>;
  /** Lets a call that only reads happen, or throws. */
  read<T>(call: string, work: (session: KafkaSession) => Promise<T>): Promise<T>;
}

/**
 * The client of a Kafka target system for topics, their settings, rights and events.
 *
 * Every operation that changes something is done once: asked for again, it finds all as it shall be. Each can be previewed;
 * `Recipes.undo()` puts back those that can be. Kafka's own topics (`__…`) are refused.
 */
export class KafkaTopics {
  readonly #parts: KafkaTopicsParts;

  /** @internal */
  constructor(parts: KafkaTopicsParts) {
    this.#parts = parts;
  }

  /**
   * Makes a topic; or gives the one that is there more partitions and the settings that are named.
   *
   * @throws TargetSystemError when it has more partitions or another replication than asked for, or when the broker refuses
   *   a setting: then it is named
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
   * Changes the settings that are named; all others stay. Null gives a setting back to the cluster.
   *
   * @throws TargetSystemError when there is no such topic, or when the broker refuses a setting: then it is named
   */
  alterConfiguration(topic: string, configuration: TopicConfiguration): Promise<void> {
    return this.#parts.perform(ALTER_CONFIGURATION, { topic, configuration });
  }

  /**
   * Sees to it that there are `total` partitions. It can't be put back.
   *
   * @throws TargetSystemError when there is no such topic, or when there are more already
   */
  addPartitions(topic: string, total: number): Promise<void> {
    return this.#parts.perform(ADD_PARTITIONS, { topic, total });
  }

  /** Deletes a topic and its events, if it is there. It can't be put back. @throws TargetSystemError unless it is allowed */
  deleteTopic(topic: string, { allowDelete }: { readonly allowDelete: boolean }): Promise<void> {
    return this.#parts.perform(DELETE_TOPIC, { topic, allowDelete });
  }

  /** Makes rules about who may do what. @throws TargetSystemError when the cluster keeps none */
  createAcls(acls: readonly KafkaAcl[]): Promise<void> {
    return this.#parts.perform(CREATE_ACLS, acls);
  }

  /** Removes exactly these rules. @throws TargetSystemError when the cluster keeps none */
  deleteAcls(acls: readonly KafkaAcl[]): Promise<void> {
    return this.#parts.perform(DELETE_ACLS, acls);
  }

  /**
   * Writes events in one transaction: those who read committed events see all of them or none. Their headers name the change,
   * the attempt and the execution. Events that this change has put there before are not written again. It can't be put back.
   *
   * Looking for them reads the topic; `since` says where to begin.
   *
   * @returns whether they were written now
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
   * Whether events that a change seeded are on the topic, and committed: for `@Verify`. Reads the topic.
   *
   * One that seeds the topic more than once asks for the `events` that it seeds last: without them, any will do.
   */
  hasEvents(topic: string, { changeId, events, since }: LookForEvents = {}): Promise<boolean> {
    return this.#parts.read(`look for events on topic '${topic}'`, (session) => {
      const { namespace, changeId: own } = session.seeder;
      const seeder = { namespace, changeId: changeId ?? own };
      const seed = events && seedOf(events);
      return hasEvent(session, { topic, since, matches: (headers) => isSeededBy(headers, seeder, seed) });
    });
  }

  /** Whether all of these rules are there: for `@Verify`. @throws TargetSystemError when the cluster keeps none */
  hasAcls(acls: readonly KafkaAcl[]): Promise<boolean> {
    return this.#parts.read(`look for ACLs: ${acls.map(aclText).join('; ')}`, async ({ admin }) => {
      return (await presentAcls(admin, acls)).length === acls.length;
    });
  }

  /** A topic as it is; undefined when there is none. */
  describeTopic(topic: string): Promise<TopicDescription | undefined> {
    return this.#parts.read(
      `look at topic '${topic}'`,
      async ({ admin }) => (await describeTopic(admin, topic)) ?? undefined,
    );
  }
}
