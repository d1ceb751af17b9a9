import { expect } from '@jest/globals';
import { change, whole, type Row } from '../harness/rows.js';

const A = change('a');

/** Half of what the server gives a transaction by default: by then it would still be there. */
const SOON_MS = 30_000;

/** A killed process leaves a transaction open, which has locked what the next attempt writes, and what keeps former holders out. */
export function leftOpenSuite(row: Row): void {
  for (const step of ['a apply half done', 'before commit a'])
    row(`what is left open by one that was killed is ended: ${step}`, [A], async (scenario) => {
      const survivor = await scenario.survivor;
      await scenario.killAt(step);
      await scenario.leaseIsOver();
      const begun = performance.now();
      const { outcomes } = await survivor.do(scenario.job());
      expect(outcomes).toEqual({ a: 'applied' });
      expect(performance.now() - begun).toBeLessThan(SOON_MS);
      expect(await scenario.effects()).toEqual(whole('a', 2));
      await scenario.expectRest();
    });
}
