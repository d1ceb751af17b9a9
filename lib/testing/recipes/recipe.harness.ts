import type { Clients, PreviewableTargetSystem } from '../../core/target-system.js';

/** One operation of a client, and the place where it acts. Each case has a place of its own. */
export interface RecipeCase {
  /** Brings about what the operation finds. @default nothing */
  readonly prepare?: () => Promise<unknown>;
  readonly operation: (clients: Clients) => Promise<unknown>;
  /** All that the operation may change, read around the target system; the same value for the same state. */
  readonly state: () => Promise<unknown>;
  /** What its reason says where the operation can't be put back. @default it can */
  readonly irreversible?: RegExp;
}

/** A target system whose operations are recipes, on its real server. */
export interface RecipeHarness {
  readonly name: string;
  readonly cases: Readonly<Record<string, RecipeCase>>;
  start(): Promise<PreviewableTargetSystem>;
  stop(): Promise<void>;
}
