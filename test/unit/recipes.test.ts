import { describe, expect, it } from '@jest/globals';
import { performingRecipes, previewingRecipes } from '../../lib/core/kit/recipe-clients.js';
import { idleRecipes, type PerformedRecipe, RecipeLedger, recipesOf } from '../../lib/core/kit/recipes.js';
import type { PreviewedOperation, Recipe } from '../../lib/core/model/recipe.js';
import { attemptScope } from '../../lib/testing/target-system/attempt-scope.sample.js';

type Numbers = Map<string, number>;
interface SetInput {
  readonly key: string;
  readonly to: number;
}
interface SetBefore {
  readonly key: string;
  readonly from?: number;
}

/** Sets a number; one that is negative is for ever. */
const set: Recipe<Numbers, SetInput, SetBefore, string> = {
  operation: 'numbers.set',
  describe: ({ key, to }) => `set ${key} to ${to}`,
  read: async (session, { key }) => ({ key, from: session.get(key) }),
  compare: ({ key, to }, { from }) => (from === to ? [] : [{ what: key, to: `${to}` }]),
  apply: async (session, { key, to }) => {
    if (to === 13) throw new Error('no thirteen');
    session.set(key, to);
    return 'set';
  },
  expect: (_, { from }) => `was ${from}`,
  reverse: ({ key, from }) =>
    from !== undefined && from < 0
      ? { possible: false, reason: 'negative' }
      : {
          possible: true,
          summary: `reset ${key}`,
          perform: async (session) =>
            void (from === undefined ? session.delete(key) : session.set(key, from)),
        },
};

/** An attempt on a session, with what passed its gate. */
function attempt(session: Numbers, performed: PerformedRecipe<Numbers>[] = [], seen = false) {
  const passed: string[] = [];
  const gate = {
    perform: async <T>(call: string, work: () => Promise<T>): Promise<T> => {
      passed.push(call);
      return work();
    },
  };
  const perform = performingRecipes({ session, gate, guard: () => {}, performed });
  const recipes = recipesOf(session, { seen, performed }, { targetId: 'numbers', gate });
  return { perform, recipes, passed, performed };
}

describe('performingRecipes', () => {
  it('does what has something to change, through the gate, and keeps it', async () => {
    const session = new Map([['b', 2]]);
    const { perform, recipes, passed } = attempt(session);
    expect(await perform(set, { key: 'a', to: 1 })).toBe('set');
    expect(await perform(set, { key: 'b', to: 2 })).toBe('was 2');
    expect([...session]).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
    expect(passed).toEqual(['set a to 1', 'set b to 2']);
    expect(recipes.performed).toEqual(['set a to 1']);
  });

  it('keeps what failed half-way, but not what the guard refused', async () => {
    const { perform, performed } = attempt(new Map());
    await expect(perform(set, { key: 'a', to: 13 })).rejects.toThrow('no thirteen');
    const guard = (): void => {
      throw new Error('lost');
    };
    const gate = { perform: <T>(_: string, work: () => Promise<T>) => work() };
    const refused = performingRecipes({ session: new Map(), gate, guard, performed });
    await expect(refused(set, { key: 'b', to: 1 })).rejects.toThrow('lost');
    expect(performed.map(({ operation, before }) => [operation, before])).toEqual([
      ['numbers.set', { key: 'a', from: undefined }],
    ]);
  });
});

describe('recipes.undo', () => {
  it('puts back newest first, through the gate', async () => {
    const session = new Map([['a', 1]]);
    const { perform, recipes, passed } = attempt(session);
    for (const to of [2, 3]) await perform(set, { key: 'a', to });
    await perform(set, { key: 'b', to: 1 });
    await recipes.undo();
    expect([...session]).toEqual([['a', 1]]);
    expect(passed.slice(3)).toEqual(['reset b', 'reset a', 'reset a']);
  });

  it('puts nothing back where something cannot be, and names all of that', async () => {
    const session = new Map([['a', -1]]);
    const { perform, recipes } = attempt(session);
    await perform(set, { key: 'b', to: 1 });
    await perform(set, { key: 'a', to: 1 });
    await expect(recipes.undo()).rejects.toThrow(/'numbers' put nothing back.*set a to 1: negative/);
    expect(session.get('b')).toBe(1);
  });

  it('tells an attempt that did nothing from one that this process did not see', async () => {
    await expect(attempt(new Map(), [], false).recipes.undo()).rejects.toThrow(/another execution/);
    await expect(attempt(new Map(), [], true).recipes.undo()).resolves.toBeUndefined();
  });

  it('is refused outside any change', () => {
    const idle = idleRecipes(() => {
      throw new Error('outside');
    });
    expect(() => idle.performed).toThrow('outside');
    expect(() => void idle.undo()).toThrow('outside');
  });
});

describe('RecipeLedger', () => {
  it('gives @Rollback what @Apply of the same attempt left, and nobody else', () => {
    const ledger = new RecipeLedger<Numbers>();
    const first = ledger.open(attemptScope());
    expect(first.seen).toBe(false);
    first.performed.push({
      operation: 'numbers.set',
      summary: 'set a',
      differences: [],
      before: {},
      reversal: { possible: false, reason: 'a test' },
    });
    expect(ledger.open(attemptScope())).toEqual({ seen: true, performed: first.performed });
    expect(ledger.open(attemptScope({ attempt: 2 }))).toEqual({ seen: false, performed: [] });
    expect(ledger.open(attemptScope())).toEqual({ seen: false, performed: [] });
  });
});

describe('previewingRecipes', () => {
  it('tells what would be done and does nothing', async () => {
    const noted: PreviewedOperation[] = [];
    const session = new Map([
      ['a', -1],
      ['b', -1],
    ]);
    const gate = { perform: <T>(_: string, work: () => Promise<T>): Promise<T> => work() };
    const perform = previewingRecipes(session, (operation) => noted.push(operation), gate);
    expect(await perform(set, { key: 'a', to: 1 })).toBe('was -1');
    await perform(set, { key: 'b', to: -1 });
    await perform(set, { key: 'c', to: 1 });
    expect([...session.values()]).toEqual([-1, -1]);
    expect(noted).toEqual([
      { summary: 'set a to 1', differences: [{ what: 'a', to: '1' }], irreversible: 'negative' },
      { summary: 'set b to -1', differences: [] },
      { summary: 'set c to 1', differences: [{ what: 'c', to: '1' }] },
    ]);
  });
});
