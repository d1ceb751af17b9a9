import type { ChangeShape } from '../model/change-shape.js';
import type { Random } from '../world/random.js';

/** What the replicas of one namespace may differ in: one code under several names, with several profiles, of several ages. */
export interface Edition {
  readonly app: string;
  readonly profiles: readonly string[];
  /** How many of the last changes it does not have yet. */
  readonly lacks: number;
}

/** The profile that some changes are for. */
export const EXTRA = 'extra';

/** What an operator and the last boots have: everything. */
export const WHOLE: Edition = { app: 'api', profiles: [EXTRA], lacks: 0 };

export function drawEdition(random: Random): Edition {
  return {
    app: random.pick(['api', 'worker']),
    profiles: random.chance(0.6) ? [EXTRA] : [],
    lacks: random.chance(0.25) ? 1 : 0,
  };
}

export function hasInPlan({ profiles }: Edition, shape: ChangeShape): boolean {
  return !shape.isExtra || profiles.includes(EXTRA);
}
