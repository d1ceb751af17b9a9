import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const LOCK = join(import.meta.dirname, '..', '..', 'test-results', 'sample.pid');

/**
 * `npm run sample` builds the package anew, under the feet of any other one: whoever builds, or loads what was built,
 * takes turns.
 *
 * @returns what ends the turn
 */
export async function takeTurn(): Promise<() => void> {
  mkdirSync(dirname(LOCK), { recursive: true });
  while (!isTaken()) await setTimeout(200);
  return () => rmSync(LOCK, { force: true });
}

function isTaken(): boolean {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isLeftBehind()) rmSync(LOCK, { force: true });
    return false;
  }
}

/** By a test run that was killed. */
function isLeftBehind(): boolean {
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
