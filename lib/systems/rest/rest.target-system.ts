import type { AxiosInstance } from 'axios';
import { classOf } from '../../core/class-of.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { outsideAnyChange } from '../../core/outside-any-change.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import type { AttemptScope, Client, Clients, PreviewableTargetSystem } from '../../core/target-system.js';
import { guardedAxios, type PerformRequest } from './guarded-axios.js';
import { CallNumbers } from './idempotency-key.js';
import { sendingOnlyReads } from './preview-request.js';
import { RestAttempt, type RestParts } from './rest-attempt.js';
import { RestClient } from './rest.client.js';
import type { HttpServiceLike, RestSource, RestTargetSystemOptions } from './rest-options.js';
import { send } from './send.js';

/** Asks for the axios instance itself, guarded: `@Client(AXIOS_CLIENT) axios: AxiosInstance`. */
export const AXIOS_CLIENT = 'axios';

/**
 * An HTTP API as a target system. It has no transactions: every request is there at once.
 *
 * Clients: `RestClient` (the main one), the axios instance under `AXIOS_CLIENT`, and `HttpService` when it was given one.
 */
export class RestTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'rest';
  readonly transactional = false;
  readonly #parts: RestParts;

  constructor(
    readonly id: string,
    private readonly source: RestSource,
    options: RestTargetSystemOptions = {},
  ) {
    this.#parts = {
      id,
      axios: isHttpService(source) ? source.axiosRef : source,
      numbers: new CallNumbers(),
      options,
    };
  }

  /** Takes the axios instance or the `HttpService` from the container. */
  static inject(
    id: string,
    token: InjectionTokenOf<RestSource>,
    options?: RestTargetSystemOptions,
  ): Injected<RestTargetSystem, RestSource> {
    return {
      token,
      label: `RestTargetSystem '${id}'`,
      create: (source) => new RestTargetSystem(id, source, options),
    };
  }

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    return this.#clients(new RestClient(refuse), refuse);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return this.#attempt(scope, (perform) => perform, work);
  }

  /**
   * Sends what only reads (GET, HEAD, OPTIONS). The first request that may change something is told and ends the preview, for
   * nobody knows what it would be answered.
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
      ...(isHttpService(this.source) ? httpServiceClients(this.source, axios) : []),
    ];
  }
}

function isHttpService(source: RestSource): source is HttpServiceLike {
  return 'axiosRef' in source;
}

/** An `HttpService` like the source, its own subclass included, on the guarded axios instance. */
function httpServiceClients(source: HttpServiceLike, axios: AxiosInstance): Client[] {
  const prototype = Object.getPrototypeOf(source) as HttpServiceLike;
  const guarded = Object.assign(Object.create(prototype) as HttpServiceLike, source, { instance: axios });
  return guarded.axiosRef === axios ? [{ token: classOf(source), instance: guarded }] : [];
}
