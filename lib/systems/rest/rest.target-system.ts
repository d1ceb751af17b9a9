import type { AxiosInstance } from 'axios';
import { classOf } from '../../core/kit/class-of.js';
import { injectableTarget } from '../../core/kit/injectable.js';
import { outsideAnyChange } from '../../core/kit/outside-refusals.js';
import type { NotePreviewed } from '../../core/model/recipe.js';
import type {
  AttemptScope,
  Client,
  Clients,
  PreviewableTargetSystem,
} from '../../core/model/target-system.js';
import { guardedAxios, type PerformRequest } from './guarded-axios.js';
import { CallNumbers } from './idempotency-key.js';
import { sendingOnlyReads } from './preview-request.js';
import { RestAttempt, type RestParts, send } from './rest-attempt.js';
import type { HttpServiceLike, RestSource, RestTargetSystemOptions } from './rest-options.js';
import { RestClient } from './rest.client.js';

/** Asks for the axios instance itself, guarded: `@Client(AXIOS_CLIENT) axios: AxiosInstance`. */
export const AXIOS_CLIENT = 'axios';

/**
 * An HTTP API as a target system. It has no transactions: every request takes effect at once.
 *
 * Clients: `RestClient` (the main one), the axios instance under `AXIOS_CLIENT`, and `HttpService` when the target system was made
 * from one.
 */
export class RestTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'rest';
  readonly transactional = false;
  readonly #parts: RestParts;

  readonly #source: RestSource;

  constructor(
    readonly id: string,
    source: RestSource,
    options: RestTargetSystemOptions = {},
  ) {
    this.#source = source;
    this.#parts = {
      id,
      axios: isHttpService(source) ? source.axiosRef : source,
      numbers: new CallNumbers(),
      options,
    };
  }

  /** Takes the axios instance or the `HttpService` from the container. */
  static readonly inject = injectableTarget(RestTargetSystem, 'RestTargetSystem');

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    return this.#clients(new RestClient(refuse), refuse);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return this.#attempt(scope, (perform) => perform, work);
  }

  /**
   * Sends requests that only read (GET, HEAD, OPTIONS). The first request that may change something is reported and ends the preview,
   * because its answer is unknown.
   */
  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return this.#attempt(scope, (perform) => sendingOnlyReads(this.#parts, note, perform), work);
  }

  #attempt<T>(
    scope: AttemptScope,
    adapt: (perform: PerformRequest) => PerformRequest,
    work: (clients: Clients) => Promise<T>,
  ): Promise<T> {
    const attempt = new RestAttempt(this.#parts, scope);
    const perform = adapt((config, by) => attempt.perform(config, by));
    const client = new RestClient((config) =>
      perform(config, (equipped) => send(this.#parts, attempt, equipped)),
    );
    return attempt.run(async () => work(this.#clients(client, perform)));
  }

  #clients(client: RestClient, perform: PerformRequest): Clients {
    const axios = guardedAxios(this.#parts.axios, perform);
    return [
      { token: RestClient, instance: client },
      { token: AXIOS_CLIENT, instance: axios },
      ...(isHttpService(this.#source) ? httpServiceClients(this.#source, axios) : []),
    ];
  }
}

function isHttpService(source: RestSource): source is HttpServiceLike {
  return 'axiosRef' in source;
}

/** An `HttpService` of the same class as the source, on the guarded axios instance. */
function httpServiceClients(source: HttpServiceLike, axios: AxiosInstance): Client[] {
  const prototype = Object.getPrototypeOf(source) as HttpServiceLike;
  const guarded = Object.assign(Object.create(prototype) as HttpServiceLike, source, { instance: axios });
  return guarded.axiosRef === axios ? [{ token: classOf(source), instance: guarded }] : [];
}
