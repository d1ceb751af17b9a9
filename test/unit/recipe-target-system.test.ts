import { describe, expect, it } from '@jest/globals';
import { type OpenRecipeAttempt, RecipeTargetSystem } from '../../lib/core/kit/recipe-target-system.js';
import { Recipes } from '../../lib/core/kit/recipes.js';
import { AttemptEndedError } from '../../lib/core/model/errors.js';
import type { PerformRecipe, Recipe } from '../../lib/core/model/recipe.js';
import type { Clients } from '../../lib/core/model/target-system.js';
import { attemptScope } from '../../lib/testing/target-system/attempt-scope.sample.js';

interface WordsSession {
  readonly words: string[];
  guard(): void;
}

const ADD_WORD: Recipe<WordsSession, string, { readonly word: string; readonly there: boolean }> = {
  operation: 'words.add',
  describe: (word) => `add '${word}'`,
  read: async ({ words }, word) => ({ word, there: words.includes(word) }),
  compare: (word, { there }) => (there ? [] : [{ what: 'word', to: word }]),
  apply: async ({ words }, word) => void words.push(word),
  expect: () => undefined,
  reverse: ({ word }) => ({
    possible: true,
    summary: `remove '${word}'`,
    perform: async ({ words }) => void words.splice(words.indexOf(word), 1),
  }),
};

class Words {
  readonly #perform: PerformRecipe<WordsSession>;

  constructor(perform: PerformRecipe<WordsSession>) {
    this.#perform = perform;
  }

  add(word: string): Promise<void> {
    return this.#perform(ADD_WORD, word);
  }
}

class WordsTargetSystem extends RecipeTargetSystem<WordsSession> {
  readonly kind = 'words';

  constructor(words: string[], log: string[] = []) {
    super('words', {
      open: ({ scope, reading }): OpenRecipeAttempt<WordsSession> => ({
        session: { words, guard: () => scope.guard() },
        clients: (perform) => [{ token: Words, instance: new Words(perform) }],
        async during(work) {
          log.push(reading ? 'opened to read' : 'opened');
          try {
            return await work();
          } finally {
            log.push(`closed with ${words.length}`);
          }
        },
      }),
    });
  }
}

function clientsIn(clients: Clients): { readonly words: Words; readonly recipes: Recipes } {
  const [words, recipes] = clients.map(({ instance }) => instance);
  return { words: words as Words, recipes: recipes as Recipes };
}

describe('RecipeTargetSystem', () => {
  it('undoes in @Rollback what @Apply of the same attempt did', async () => {
    const there: string[] = [];
    const target = new WordsTargetSystem(there);
    const scope = attemptScope();
    await target.connect(scope, (clients) => clientsIn(clients).words.add('a'));
    expect(there).toEqual(['a']);
    await target.connect(scope, (clients) => clientsIn(clients).recipes.undo());
    expect(there).toEqual([]);
  });

  it('notes in a preview what would be done, and does nothing', async () => {
    const [there, log, noted]: [string[], string[], string[]] = [[], [], []];
    const target = new WordsTargetSystem(there, log);
    await target.preview(
      attemptScope(),
      ({ summary }) => noted.push(summary),
      (clients) => clientsIn(clients).words.add('a'),
    );
    expect([there, noted, log]).toEqual([[], ["add 'a'"], ['opened to read', 'closed with 0']]);
  });

  it('closes after the calls that the change did not await, and refuses later ones', async () => {
    const [there, log]: [string[], string[]] = [[], []];
    const words = await new WordsTargetSystem(there, log).connect(attemptScope(), async (clients) => {
      void clientsIn(clients).words.add('a');
      return clientsIn(clients).words;
    });
    expect(log).toEqual(['opened', 'closed with 1']);
    await expect(words.add('b')).rejects.toThrow(AttemptEndedError);
  });

  it('refuses its clients outside any change', async () => {
    const log: string[] = [];
    const { words, recipes } = clientsIn(new WordsTargetSystem([], log).clients());
    await expect(words.add('a')).rejects.toThrow(/outside any change/);
    expect(() => recipes.performed).toThrow(/outside any change/);
    expect(log).toEqual([]);
  });
});
