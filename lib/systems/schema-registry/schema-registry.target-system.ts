import type { Client as LibraryClient } from '@confluentinc/schemaregistry';
import { classOf } from '../../core/class-of.js';
import { parseDuration, type Duration } from '../../core/duration.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { outsideAnyChange } from '../../core/outside-any-change.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import { recipesInAttempt, recipesInPreview } from '../../core/recipe-clients.js';
import { RecipeLedger } from '../../core/recipe-ledger.js';
import { idleRecipes, Recipes } from '../../core/recipes.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../../core/target-system.js';
import { readingService } from './reading-service.js';
import { RegistryAttempt, type RegistryParts } from './registry-attempt.js';
import type { RegistrySession } from './registry-session.js';
import { clientOn, restServiceOf, type RegistryRestService } from './rest-service.js';
import { SchemaRegistry, type SchemaRegistryAccess } from './schema-registry.client.js';

/** How a schema registry target system works. */
export interface SchemaRegistryTargetSystemOptions {
  /**
   * How long to wait for one answer; the client then sends the request again, as often as its `maxRetries` says.
   *
   * @default '30s', or the `timeout` in the client's `createAxiosDefaults`
   */
  readonly answerWithin?: Duration;
}

/**
 * A schema registry (Confluent's API) as a target system. It has no transactions: every call is there at once.
 *
 * Clients: `SchemaRegistry` (the main one), the client of @confluentinc/schemaregistry under its class, and `Recipes`.
 */
export class SchemaRegistryTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'schema-registry';
  readonly transactional = false;
  readonly #client: LibraryClient;
  readonly #parts: RegistryParts;
  readonly #ledger = new RecipeLedger<RegistrySession>();

  /** @throws TargetSystemError when the client is no `SchemaRegistryClient`; RangeError when `answerWithin` is no duration */
  constructor(
    readonly id: string,
    client: LibraryClient,
    options: SchemaRegistryTargetSystemOptions = {},
  ) {
    this.#client = client;
    this.#parts = {
      id,
      service: restServiceOf(client, id),
      timeoutMs: timeoutOf(client, options),
      forget: () => client.clearCaches(),
    };
  }

  /** Takes the client from the container. */
  static inject(
    id: string,
    token: InjectionTokenOf<LibraryClient>,
    options?: SchemaRegistryTargetSystemOptions,
  ): Injected<SchemaRegistryTargetSystem, LibraryClient> {
    return {
      token,
      label: `SchemaRegistryTargetSystem '${id}'`,
      create: (client) => new SchemaRegistryTargetSystem(id, client, options),
    };
  }

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    return this.#clients({ perform: refuse, look: refuse }, { handleRequest: refuse }, idleRecipes(refuse));
  }

  async connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const opened = this.#ledger.open(scope);
    return this.#attempt(scope, (attempt) => {
      const { gate } = attempt;
      const site = { targetId: this.id, session: attempt, gate, guard: () => attempt.guard() };
      const { perform, recipes } = recipesInAttempt<RegistrySession>(site, opened);
      return work(this.#clients(accessOf(attempt, perform), serviceOf(attempt), recipes));
    });
  }

  async preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    await this.#attempt(scope, (attempt) => {
      const site = { targetId: this.id, session: attempt, gate: attempt.gate };
      const { perform, recipes } = recipesInPreview<RegistrySession>(site, note);
      return work(this.#clients(accessOf(attempt, perform), readingService(serviceOf(attempt)), recipes));
    });
  }

  #attempt<T>(scope: AttemptScope, work: (attempt: RegistryAttempt) => Promise<T>): Promise<T> {
    const attempt = new RegistryAttempt(this.#parts, scope);
    this.#parts.forget();
    return attempt.run(() => work(attempt));
  }

  #clients(access: SchemaRegistryAccess, service: RegistryRestService, recipes: Recipes): Clients {
    return [
      { token: SchemaRegistry, instance: new SchemaRegistry(access) },
      { token: classOf(this.#client), instance: clientOn(service, this.#client) },
      { token: Recipes, instance: recipes },
    ];
  }
}

function accessOf(attempt: RegistryAttempt, perform: SchemaRegistryAccess['perform']): SchemaRegistryAccess {
  return { perform, look: (call, work) => attempt.gate.perform(call, () => work(attempt)) };
}

function serviceOf(attempt: RegistryAttempt): RegistryRestService {
  return {
    handleRequest: (url, method, data) =>
      attempt.gate.perform(`${method} ${url}`, () => attempt.request(url, method, data)),
  };
}

function timeoutOf(
  client: LibraryClient,
  { answerWithin }: SchemaRegistryTargetSystemOptions,
): number | undefined {
  if (answerWithin !== undefined) return parseDuration(answerWithin);
  return client.config().createAxiosDefaults?.timeout ? undefined : parseDuration('30s');
}
