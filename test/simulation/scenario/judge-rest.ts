import { isStrict } from '../model/change-shape.js';
import type { Cluster } from './cluster.js';

/** At rest the audit says exactly what is so. */
export function judgeRest({ ledger }: Cluster): void {
  for (const shape of ledger.shapes) {
    const { id } = shape;
    if (!ledger.isApplied(id)) ledger.violated('I7', `${id} is not applied, and nothing is left to do`);
    if (!ledger.inEffect(shape) && !ledger.tainted.has(id))
      ledger.violated('I2', `${id} is ${ledger.latest.get(id)?.state} but not in effect`);
    if (ledger.tainted.has(id) && isStrict(shape))
      ledger.violated('I1', `${id} has an effect outside a transaction`);
  }
}
