import type { NotePreviewed, PerformRecipe } from '../model/recipe.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../model/target-system.js';
import { type ClientGate, clientGate } from './attempt-gate.js';
import { outsideAnyChange } from './outside-refusals.js';
import { type RecipeClients, recipesInAttempt, recipesInPreview, type RecipeSite } from './recipe-clients.js';
import { idleRecipes, RecipeLedger, Recipes } from './recipes.js';

/** One attempt, or its preview, on a target system whose client has recipes. */
export interface RecipeAttempt {
  readonly scope: AttemptScope;
  readonly targetId: string;
  /** True for a preview: every call that may write is refused. */
  readonly reading: boolean;
  /** Where every call of the attempt's clients passes. */
  readonly gate: ClientGate;
  /** Fires with an AttemptEndedError when the attempt has ended: cancels its calls. */
  readonly signal: AbortSignal;
}

/** What recipes work through: the connection of one attempt. */
export interface RecipeSession {
  /** Asked right before an effect. No I/O. @throws when the effect must not happen */
  guard(): void;
}

/** What a technology has open for one attempt. */
export interface OpenRecipeAttempt<Session extends RecipeSession> {
  readonly session: Session;
  /** The clients of the change, without `Recipes`. @param perform - what each mutating method of a client calls */
  clients(perform: PerformRecipe<Session>): Clients;
  /** Runs `work`, which is the change's code and all its calls, and closes what was opened for it. @default runs `work` */
  during?<T>(work: () => Promise<T>): Promise<T>;
}

/** How a target system with recipes is made. */
export interface RecipeTargetSystemParts<Session extends RecipeSession> {
  /** What a cancelled call is called in its error. @default 'call' */
  readonly noun?: 'call' | 'request';
  /** Makes the clients of an attempt. No I/O: they are also made to match parameters with, on a gate that refuses every call. */
  open(attempt: RecipeAttempt): OpenRecipeAttempt<Session>;
}

/**
 * A target system whose client has recipes: operations that can be previewed and undone.
 *
 * A technology only says what it opens for an attempt. The rest is done here: the gate of the attempt, the refusal of clients outside
 * any change, the preview, and `Recipes`, which remember from `@Apply` to `@Rollback` what the attempt did. When the attempt ends,
 * further calls are refused and calls under way are awaited.
 *
 * @typeParam Session - what the recipes work through
 */
export abstract class RecipeTargetSystem<Session extends RecipeSession> implements PreviewableTargetSystem {
  abstract readonly kind: string;
  readonly transactional = false;
  readonly #parts: RecipeTargetSystemParts<Session>;
  readonly #ledger = new RecipeLedger<Session>();

  constructor(
    readonly id: string,
    parts: RecipeTargetSystemParts<Session>,
  ) {
    this.#parts = parts;
  }

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    const idle = this.#parts.open(outsideAttempt(this.id, refuse));
    return withRecipes(
      idle.clients(async () => refuse()),
      idleRecipes(refuse),
    );
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const attempt = this.#ledger.open(scope);
    return this.#during({ scope, reading: false }, (site) => recipesInAttempt(site, attempt), work);
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return this.#during({ scope, reading: true }, (site) => recipesInPreview(site, note), work);
  }

  async #during<T>(
    { scope, reading }: Pick<RecipeAttempt, 'scope' | 'reading'>,
    recipesOn: (site: RecipeSite<Session>) => RecipeClients<Session>,
    work: (clients: Clients) => Promise<T>,
  ): Promise<T> {
    const { id: targetId } = this;
    const { noun = 'call', open } = this.#parts;
    const gate = clientGate(scope, targetId, noun);
    const opened = open({ scope, targetId, reading, gate, signal: gate.signal });
    const { session } = opened;
    const { perform, recipes } = recipesOn({ targetId, session, gate, guard: () => session.guard() });
    const run = (): Promise<T> => gate.during(() => work(withRecipes(opened.clients(perform), recipes)));
    return opened.during ? opened.during(run) : run();
  }
}

function withRecipes(clients: Clients, recipes: Recipes): Clients {
  return [...clients, { token: Recipes, instance: recipes }];
}

/** For clients outside any attempt: the gate refuses every call. */
function outsideAttempt(targetId: string, refuse: () => never): RecipeAttempt {
  const { signal } = new AbortController();
  const scope: AttemptScope = {
    storeId: '',
    namespace: '',
    executionId: '',
    changeId: '',
    attempt: 0,
    outsideTransaction: 'fail',
    signal,
    guard: refuse,
  };
  return { targetId, scope, reading: true, signal, gate: clientGate(scope, targetId) };
}
