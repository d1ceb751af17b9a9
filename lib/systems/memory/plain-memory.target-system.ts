import type { PreviewableTargetSystem } from '../../core/target-system.js';
import { TableTargetSystem } from './table.target-system.js';

/** A target system in memory without transactions: what a change sets is there at once. Stands in for a broker or an API. */
export class PlainMemoryTargetSystem extends TableTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'memory (plain)';
  readonly transactional = false;
}
