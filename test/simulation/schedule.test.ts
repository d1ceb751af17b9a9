import { describe, expect, it } from '@jest/globals';
import { editedFiles } from './mutant.js';
import { MUTATIONS } from './mutations.js';
import { runSchedule } from './schedule.js';
import { Random } from './world/random.js';
import { World } from './world/world.js';

describe('a schedule', () => {
  it('is the same for the same seed, step by step', async () => {
    const [once, again] = [await runSchedule(7, { traced: true }), await runSchedule(7, { traced: true })];
    expect(again).toEqual(once);
    expect(once.trace.length).toBeGreaterThan(once.steps);
  });

  it('is another for another seed', async () => {
    const [one, other] = [await runSchedule(7, { traced: true }), await runSchedule(8, { traced: true })];
    expect(other.trace).not.toEqual(one.trace);
  });
});

it.each(MUTATIONS)('the engine has what a mutation replaces: $name', (mutation) => {
  expect([...editedFiles(mutation).keys()]).toEqual([...new Set(mutation.edits.map(([file]) => file))]);
});

describe('the world', () => {
  it('lets everything follow from one event before the next', async () => {
    const world = new World(new Random(1), false);
    const seen: string[] = [];
    const chain = async (name: string, links: number): Promise<void> => {
      for (let link = 0; link < links; link++) await Promise.resolve();
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      seen.push(name);
    };
    await new Promise((resolve) => setImmediate(resolve));
    world.schedule(
      1,
      () => 'first',
      () => void chain('first', 1_000),
    );
    world.schedule(
      2,
      () => 'second',
      () => void chain('second', 10),
    );
    world.afterStep = () => seen.push('judged');
    await world.advance(() => false);
    expect(seen).toEqual(['first', 'judged', 'second', 'judged']);
  });
});
