import type { AttemptScope } from '../../../lib/core/model/target-system.js';
import type { Ledger } from './ledger.js';

/** One part of a change comes into effect or goes. */
export interface Effect {
  readonly kind: 'write' | 'remove';
  readonly changeId: string;
  readonly part: number;
}

/** Who is behind an effect. */
export interface EffectSource {
  readonly scope: AttemptScope;
  /** What is known of the app that it is an effect of. */
  readonly ledger: Ledger;
  /** False once the clients of the attempt are dead: the effect was on its way before. */
  readonly live: () => boolean;
}
