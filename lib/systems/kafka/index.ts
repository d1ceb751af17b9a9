export { KAFKA_ADMIN, KAFKA_PRODUCER } from './kafka-options.js';
export type { KafkaTargetSystemOptions } from './kafka-options.js';
export { KafkaTargetSystem } from './kafka.target-system.js';
export { KafkaTopics } from './kafka.topics.js';
export type { KafkaAcl } from './topics/acl-entries.js';
export type { KafkaEvent, LookForEvents } from './events/kafka-event.js';
export type { TopicConfiguration } from './topics/topic-configuration.js';
export type { TopicDescription } from './topics/topic-description.js';
export type { EnsureTopic } from './recipes/ensure-topic.recipe.js';
