import { it } from '@jest/globals';
import { PROOF_SEEDS, prove } from './prove.js';

it('what must always hold holds in 10,000 schedules more', () => prove(1 + PROOF_SEEDS), 900_000);
