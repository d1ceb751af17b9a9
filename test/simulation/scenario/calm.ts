import { CALM } from '../world/fault-profile.js';
import type { Cluster } from './cluster.js';

/** Does something while nothing goes wrong, and waits for its end. @returns undefined when it never ends, which is a violation */
export async function calmly<T>(
  cluster: Cluster,
  name: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { ledger, wire, world } = cluster;
  wire.faultProfile = CALM;
  cluster.waitMs = 60_000;
  world.afterStep = () => {};
  let ended: { readonly value: T } | undefined;
  const failed = (error: unknown): void => ledger.violated('defect', `${name} throws ${String(error)}`);
  void work().then((value) => (ended = { value }), failed);
  await world.advance(() => ended !== undefined);
  if (!ended && !world.violation) ledger.violated('ends', `${name} never ends`);
  return ended?.value;
}
