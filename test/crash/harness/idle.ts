import { afterAll } from '@jest/globals';
import { type Child, killAll } from './child.js';

/** Processes that wait for another job, of any deployment of this test file. */
export const idle: Child[] = [];

afterAll(() => killAll(idle.splice(0)));
