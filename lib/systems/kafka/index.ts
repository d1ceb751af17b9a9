export { KAFKA_ADMIN, KAFKA_PRODUCER } from './kafka-tokens.js';
export type { KafkaTargetSystemOptions } from './kafka-options.js';
export { KafkaTargetSystem } from './kafka.target-system.js';
export { KafkaTopics } from './kafka.topics.js';
export type { KafkaAcl } from './kafka-acl.js';
export type { KafkaEvent, LookForEvents } from './kafka-event.js';
export type { TopicConfiguration } from './topic-configuration.js';
export type { TopicDescription } from './topic-description.js';
export type { EnsureTopic } from './recipes/ensure-topic.recipe.js';
