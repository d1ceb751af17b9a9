import type { Admin, Consumer } from 'kafkajs';
import type { AttemptScope } from '../../../core/model/target-system.js';
import type { SeedingProducer, Transactor } from './seeding-producer.js';

/** The attempt that seeds events. */
export type Seeder = Transactor & Pick<AttemptScope, 'executionId' | 'attempt'>;

/** What operations on a cluster work through. Each client connects at its first call. */
export interface KafkaSession {
  readonly admin: Admin;
  /**
   * Gives `work` an admin client of its own, for reading offsets: kafkajs then remembers the topic, and every later call of that
   * client fails once the topic is deleted.
   */
  withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  readonly seeder: Seeder;
  /** Ends transactions that earlier attempts of the change left open, and sends events; absent in a preview. */
  readonly producer?: SeedingProducer;
  /** Milliseconds. */
  readonly readTimeoutMs: number;
  /** A consumer of committed events in the group `groupId`. */
  consumer(groupId: string): Consumer;
  /** Asked right before an effect, and between the steps of an operation. @throws when the effect must not happen */
  guard(): void;
}
