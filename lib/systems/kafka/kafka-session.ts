import type { Admin, Consumer } from 'kafkajs';
import type { AttemptScope } from '../../core/target-system.js';
import type { SeedingProducer } from './seeding-producer.js';

/** Who seeds events. */
export type Seeder = Pick<AttemptScope, 'namespace' | 'executionId' | 'changeId' | 'attempt'>;

/** What operations on a cluster work through. Connected when first needed. */
export interface KafkaSession {
  readonly admin: Admin;
  /**
   * Gives an admin client of its own to what asks for offsets: kafkajs keeps the topic in mind then, and once that is gone,
   * every other call of the client fails.
   */
  withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  readonly seeder: Seeder;
  /** Ends what former attempts of the change left open, and sends events; absent where nothing may be written. */
  readonly producer?: SeedingProducer;
  /** Milliseconds. */
  readonly readTimeoutMs: number;
  /** A consumer of committed events, in this group. */
  consumer(groupId: string): Consumer;
  /** Asked between the steps of an operation that has several. */
  guard(): void;
}
