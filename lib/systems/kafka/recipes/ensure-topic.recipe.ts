import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference, Recipe, Reversal } from '../../../core/model/recipe.js';
import { pluralize } from '../../../core/kit/text.js';
import { isNothingDone, reasonOf, TopicTakenError } from '../connection/kafka-errors.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import { growTopic, makeTopic, refuseToShrink } from '../topics/make-topic.js';
import { deleteIfEmpty } from '../topics/remove-topic.js';
import {
  changeConfiguration,
  checkConfiguration,
  configurationDifferences,
  entriesOf,
  merged,
  putBack,
  type TopicConfiguration,
  validateConfiguration,
  whenCreated,
  writeConfiguration,
} from '../topics/topic-configuration.js';
import { describeTopic, refuseInternal, type TopicDescription } from '../topics/topic-description.js';

/** The topic that is asked for. What is left out is the cluster's default for a new topic, and is not compared on an existing one. */
export interface EnsureTopic {
  readonly topic: string;
  readonly partitions?: number;
  /** Copies of each partition. Counts for a new topic only; an existing topic with another replication is refused. */
  readonly replication?: number;
  readonly configuration?: TopicConfiguration;
}

interface Before {
  readonly topic: string;
  /** Null when there is no such topic. */
  readonly found: TopicDescription | null;
  /** The settings asked for. */
  readonly names: readonly string[];
  readonly grows: boolean;
}

/**
 * Creates a topic, or gives an existing one more partitions and other settings.
 *
 * Throws TopicTakenError when somebody else creates the topic at the same moment: this attempt must not delete it then. Called again, the
 * recipe finds the topic.
 */
export const ENSURE_TOPIC: Recipe<KafkaSession, EnsureTopic, Before> = {
  operation: 'kafka.ensure-topic',
  describe: ({ topic, partitions }) =>
    `ensure topic '${topic}'${partitions === undefined ? '' : ` (${pluralize(partitions, 'partition')})`}`,

  async read(session, asked) {
    const { topic, partitions, configuration = {} } = asked;
    refuseInternal(topic);
    const found = await describeTopic(session.admin, topic);
    if (found) await checkFound(session, asked, found);
    else await checkNew(session, asked);
    const grows = found !== null && partitions !== undefined && partitions > found.partitions;
    return { topic, found, names: Object.keys(configuration), grows };
  },

  compare: (asked, { found }) => (found ? differences(asked, found) : [creation(asked)]),

  apply: (session, asked, { found }) => (found ? change(session, asked, found) : create(session, asked)),
  expect: () => undefined,
  wasRefused: isNothingDone,
  reverse,
};

async function change(
  session: KafkaSession,
  { topic, partitions, configuration = {} }: EnsureTopic,
  found: TopicDescription,
): Promise<void> {
  const { admin } = session;
  if (partitions !== undefined && partitions > found.partitions) await growTopic(admin, topic, partitions);
  if (configurationDifferences(found.overrides, configuration).length === 0) return;
  session.guard();
  await writeConfiguration(admin, topic, found.overrides, configuration);
}

async function create({ admin }: KafkaSession, asked: EnsureTopic): Promise<void> {
  const { topic, partitions, replication, configuration = {} } = asked;
  const configEntries = entriesOf(merged({}, configuration));
  const made = { topic, configEntries, numPartitions: partitions, replicationFactor: replication };
  if (!(await makeTopic(admin, made))) throw new TopicTakenError(topic);
}

async function checkFound(
  { admin }: KafkaSession,
  { topic, partitions, replication, configuration = {} }: EnsureTopic,
  found: TopicDescription,
): Promise<void> {
  if (partitions !== undefined) refuseToShrink(topic, found.partitions, partitions);
  if (replication !== undefined && replication !== found.replication)
    throw otherReplication(found, replication);
  const wanted = merged(found.overrides, configuration);
  await checkConfiguration(topic, wanted, (overrides) => validateConfiguration(admin, topic, overrides));
}

async function checkNew(
  { admin }: KafkaSession,
  { topic, partitions, replication, configuration = {} }: EnsureTopic,
): Promise<void> {
  const shape = { numPartitions: partitions, replicationFactor: replication };
  const validate = whenCreated(admin, topic, shape);
  try {
    await checkConfiguration(topic, merged({}, configuration), validate);
  } catch (error) {
    if (error instanceof TargetSystemError) throw error;
    throw new TargetSystemError(`The broker would not make topic '${topic}': ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function creation({ topic, partitions, replication, configuration = {} }: EnsureTopic): Difference {
  const said = [
    partitions === undefined ? '' : pluralize(partitions, 'partition'),
    replication === undefined ? '' : `replication ${replication}`,
    ...entriesOf(merged({}, configuration)).map(({ name, value }) => `${name}=${value}`),
  ].filter(Boolean);
  return { what: `topic '${topic}'`, to: said.join(', ') || "as the cluster's defaults" };
}

function differences({ partitions, configuration = {} }: EnsureTopic, found: TopicDescription): Difference[] {
  const more =
    partitions === undefined || partitions === found.partitions
      ? []
      : [{ what: 'partitions', from: String(found.partitions), to: String(partitions) }];
  return [...more, ...configurationDifferences(found.overrides, configuration)];
}

function otherReplication({ topic, replication }: TopicDescription, asked: number): TargetSystemError {
  return new TargetSystemError(
    `Topic '${topic}' has a replication of ${replication}, and ${asked} was asked for: that is not changed here.`,
    {
      fix: [
        `ask for ${replication}, or leave it out`,
        'or reassign its partitions through the client KAFKA_ADMIN',
      ],
    },
  );
}

function reverse({ topic, found, names, grows }: Before): Reversal<KafkaSession> {
  if (!found)
    return {
      possible: true,
      summary: `delete topic '${topic}'`,
      perform: (session) => deleteIfEmpty(session, topic),
    };
  if (grows)
    return { possible: false, reason: `topic '${topic}' keeps its new partitions: Kafka takes none away` };
  return {
    possible: true,
    summary: `put back the configuration of topic '${topic}'`,
    perform: ({ admin }) => changeConfiguration(admin, topic, putBack(found.overrides, names)),
  };
}
