import { it } from '@jest/globals';
import { prove } from './prove.js';

it('what must always hold holds in 10,000 schedules', () => prove(1), 900_000);
