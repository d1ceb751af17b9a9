import type { Cluster } from 'couchbase';
import type { AttemptScope } from '../../core/target-system.js';
import type { BookkeepingPlace } from './bookkeeping.js';
import type { TransactionRunner } from './transaction-runner.js';

/** What an attempt on a target system works with. */
export interface AttemptParts {
  readonly targetId: string;
  readonly scope: AttemptScope;
  readonly cluster: Cluster;
  readonly runner: TransactionRunner;
  /** Where fence and markers of the attempt's chain are. */
  readonly place: BookkeepingPlace;
  /** How long a transaction may take, in milliseconds; undefined: as the cluster says. */
  readonly timeout: number | undefined;
}
