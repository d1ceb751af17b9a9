import type { Clients, PreviewableTargetSystem } from '../../core/model/target-system.js';

/** One operation of a client. No two cases change the same thing. */
export interface RecipeCase {
  /** Creates what must exist before the operation. @default nothing */
  readonly prepare?: () => Promise<unknown>;
  readonly operation: (clients: Clients) => Promise<unknown>;
  /** Everything that the operation may change, read without the target system. The same state gives an equal value. */
  readonly state: () => Promise<unknown>;
  /** Matches the reason why the operation cannot be undone. @default it can be undone */
  readonly irreversible?: RegExp;
}

/** A target system whose operations are recipes, on its real server. */
export interface RecipeHarness {
  readonly name: string;
  readonly cases: Readonly<Record<string, RecipeCase>>;
  start(): Promise<PreviewableTargetSystem>;
  stop(): Promise<void>;
}
