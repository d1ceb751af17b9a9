import type { RecipeAttempt } from '../../../core/kit/recipe-target-system.js';
import { FlamingockError } from '../../../core/model/errors.js';
import type {
  RegistryMethod,
  RegistryRestService,
  RegistrySession,
  RequestSettings,
  RestAnswer,
} from './registry-session.js';
import { refusal, toRegistryError } from './schema-registry.error.js';

/** What all attempts on one registry share. */
export interface RegistryParts {
  readonly service: RegistryRestService;
  /** How long to wait for one answer, in milliseconds; undefined when the app's client has its own timeout. */
  readonly timeoutMs: number | undefined;
  /** Clears the caches of the app's client. */
  forget(): void;
}

/** Sends the requests of one attempt. Each is guarded, and cancelled when the attempt ends first. A stop does not cancel them. */
export class RegistryRequests implements RegistrySession {
  readonly #parts: RegistryParts;
  readonly #attempt: RecipeAttempt;

  constructor(parts: RegistryParts, attempt: RecipeAttempt) {
    this.#parts = parts;
    this.#attempt = attempt;
  }

  /** @throws what the guard of the attempt throws, or AttemptEndedError once it has ended */
  guard(): void {
    this.#attempt.scope.guard();
    this.#attempt.signal.throwIfAborted();
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

  /** As the REST service of the client library, but guarded. Errors are those of the library. */
  async request<T>(
    url: string,
    method: RegistryMethod,
    data?: unknown,
    more: RequestSettings = {},
  ): Promise<RestAnswer<T>> {
    this.guard();
    const { service, timeoutMs: timeout, forget } = this.#parts;
    const { signal } = this.#attempt;
    const settings: RequestSettings = { ...more, signal, ...(timeout !== undefined && { timeout }) };
    try {
      return await service.handleRequest<T>(url, method, data, settings);
    } catch (error) {
      // The end of the attempt is the cause, so its error is thrown instead of that of the cancelled request.
      throw signal.aborted ? signal.reason : error;
    } finally {
      if (method !== 'GET') forget();
    }
  }
}

/** Whether every node would answer the same, so that the library must neither retry nor try its next URL. */
function isSaid(status: number): boolean {
  return status < 500 && status !== 408 && status !== 429;
}
