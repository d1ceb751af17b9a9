import type { Clients } from '../../../lib/core/model/target-system.js';

/** What a change does to its target system: it adds parts, which name the attempt that added them. */
export interface Effects {
  add(part: string, attempt: number): Promise<void>;
  /** Removes a part, whichever attempts added it. */
  remove(part: string): Promise<void>;
  /** The parts that are there, without a word about attempts. */
  parts(): Promise<ReadonlySet<string>>;
  /** Creates a table of the change's own, unless it is there. */
  createTable(): Promise<void>;
}

/** Gives the effects of one change, through the clients of an attempt. */
export type EffectsOf = (clients: Clients, changeId: string) => Effects;
