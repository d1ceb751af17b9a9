import { type CancellableCalls, cancellableCalls } from '../../core/cancellable-calls.js';
import type { ClientGate } from '../../core/client-gate.js';
import { FlamingockError } from '../../core/errors.js';
import type { AttemptScope } from '../../core/target-system.js';
import type { RegistrySession } from './registry-session.js';
import type { RegistryMethod, RegistryRestService, RequestSettings, RestAnswer } from './rest-service.js';
import { refusal, toRegistryError } from './schema-registry.error.js';

/** What every attempt on one registry shares. */
export interface RegistryParts {
  readonly id: string;
  readonly service: RegistryRestService;
  /** For one answer; undefined when the user's client has its own. */
  readonly timeoutMs: number | undefined;
  /** Forgets what the user's client has read. */
  forget(): void;
}

/** The requests of one attempt: each is guarded, and cancelled when the attempt ends before it. A stop waits for them. */
export class RegistryAttempt implements RegistrySession {
  readonly gate: ClientGate;
  readonly #calls: CancellableCalls;

  constructor(
    private readonly parts: RegistryParts,
    private readonly scope: AttemptScope,
  ) {
    this.#calls = cancellableCalls(scope, parts.id, 'request');
    this.gate = this.#calls.gate;
  }

  /** @throws what the guard of the attempt throws, or AttemptEndedError once it has ended */
  guard(): void {
    this.scope.guard();
    this.#calls.signal.throwIfAborted();
  }

  async send<T>(method: RegistryMethod, path: string, body?: unknown): Promise<T> {
    const request = `${method} ${path}`;
    try {
      const { status, data } = await this.request<T>(path, method, body, { validateStatus: isSaid });
      if (status >= 400) throw refusal(request, status, data);
      return data;
    } catch (error) {
      throw error instanceof FlamingockError ? error : toRegistryError(request, error);
    }
  }

  /** As the library's REST service, guarded; its errors are as the library throws them. */
  async request<T>(
    url: string,
    method: RegistryMethod,
    data?: unknown,
    more: RequestSettings = {},
  ): Promise<RestAnswer<T>> {
    this.guard();
    const { service, timeoutMs: timeout, forget } = this.parts;
    const { signal } = this.#calls;
    const settings: RequestSettings = { ...more, signal, ...(timeout !== undefined && { timeout }) };
    try {
      return await service.handleRequest<T>(url, method, data, settings);
    } catch (error) {
      // That the attempt has ended matters more than the request that was cancelled for it.
      throw signal.aborted ? signal.reason : error;
    } finally {
      if (method !== 'GET') forget();
    }
  }

  /** Runs the code of the attempt, and ends with it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#calls.during(work);
  }
}

/** An answer that another node would give too: neither the library's retries nor its next URL would make it better. */
function isSaid(status: number): boolean {
  return status < 500 && status !== 408 && status !== 429;
}
