import type { Random } from './random.js';

/** What becomes of one call over the network. */
export type Fate =
  | 'answered'
  /** It never arrives; the caller learns that something went wrong. */
  | 'lost request'
  /** It is done, but the caller only learns that something went wrong. */
  | 'lost answer'
  /** The caller gives up first; it arrives, and is done, later. */
  | 'late'
  /** The server answers that it will not. */
  | 'refused';

/** How likely the mishaps of one schedule are. */
export interface FaultProfile {
  /** After each step, for the process that it happened to. */
  readonly crash: number;
  readonly stall: number;
  /** For each call. */
  readonly lost: number;
  readonly late: number;
  readonly refused: number;
  readonly slow: number;
  /** For each call of a change's method. */
  readonly failure: number;
}

/** Nothing goes wrong. */
export const CALM: FaultProfile = { crash: 0, stall: 0, lost: 0, late: 0, refused: 0, slow: 0, failure: 0 };

/** The weather of a schedule: mostly a few kinds of mishap at a time, so that long runs get through as well. */
export function drawWeather(random: Random): FaultProfile {
  if (random.chance(0.08)) return CALM;
  const sometimes = (probability: number, most: number): number =>
    random.chance(probability) ? random.between(most / 8, most) : 0;
  return {
    crash: sometimes(0.6, 0.06),
    stall: sometimes(0.4, 0.03),
    lost: sometimes(0.5, 0.12),
    late: sometimes(0.3, 0.06),
    refused: sometimes(0.3, 0.08),
    slow: sometimes(0.4, 0.08),
    failure: sometimes(0.5, 0.4),
  };
}

/** What becomes of a call in this weather. */
export function fateOf(random: Random, { lost, late, refused }: FaultProfile): Fate {
  const drawn = random.next();
  if (drawn < lost / 2) return 'lost request';
  if (drawn < lost) return 'lost answer';
  if (drawn < lost + late) return 'late';
  return drawn < lost + late + refused ? 'refused' : 'answered';
}
