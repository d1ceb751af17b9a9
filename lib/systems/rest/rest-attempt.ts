import { setTimeout as sleep } from 'node:timers/promises';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { type ClientGate, clientGate } from '../../core/kit/attempt-gate.js';
import { FlamingockError } from '../../core/model/errors.js';
import type { AttemptScope } from '../../core/model/target-system.js';
import { withCare } from './careful-adapter.js';
import { type CallNumbers, idempotencyKey, isUnsafe } from './idempotency-key.js';
import { publicUrl } from './request-secrets.js';
import type { RestTargetSystemOptions } from './rest-options.js';
import { isAxiosError, type RestRequestError, toRestError } from './rest-request.error.js';

/** What all attempts on one REST target system share. */
export interface RestParts {
  readonly id: string;
  readonly axios: AxiosInstance;
  readonly numbers: CallNumbers;
  readonly options: RestTargetSystemOptions;
}

/** Sends the requests of one attempt. Each is guarded, can be cancelled and has an idempotency key. */
export class RestAttempt {
  readonly signal: AbortSignal;
  readonly #gate: ClientGate;

  readonly #parts: RestParts;
  readonly #scope: AttemptScope;

  constructor(parts: RestParts, scope: AttemptScope) {
    this.#parts = parts;
    this.#scope = scope;
    this.#gate = clientGate(scope, parts.id, 'request');
    const { signal: ended } = this.#gate;
    // A signal that has fired already (in a rollback after a stop) would cancel every request at once.
    const { signal } = scope;
    this.signal = signal.aborted ? ended : AbortSignal.any([signal, ended]);
  }

  /** @throws what the guard of the attempt throws, or AttemptEndedError once it has ended */
  guard(): void {
    this.#scope.guard();
    this.#gate.signal.throwIfAborted();
  }

  /** Passes the gate, then calls `send` with the request's config, completed by signal and idempotency key. */
  perform<T>(config: AxiosRequestConfig, send: (config: AxiosRequestConfig) => Promise<T>): Promise<T> {
    const { method = 'GET', url = '' } = config;
    const call = `${method.toUpperCase()} ${publicUrl(url)}`;
    return this.#gate.perform(call, async () => send(this.#equip(config)));
  }

  /** Runs the code of the attempt, then ends the attempt. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#gate.during(work);
  }

  #equip(config: AxiosRequestConfig): AxiosRequestConfig {
    const signals = config.signal instanceof AbortSignal ? [this.signal, config.signal] : [this.signal];
    const { axios, options } = this.#parts;
    return {
      ...config,
      ...withCare({ axios, origins: options.redirectOrigins ?? [] }, config),
      headers: this.#headers(config),
      signal: AbortSignal.any(signals),
    };
  }

  #headers({ method, headers = {} }: AxiosRequestConfig): NonNullable<AxiosRequestConfig['headers']> {
    const { idempotencyHeader: name = 'Idempotency-Key' } = this.#parts.options;
    if (name === false || !isUnsafe(method)) return headers;
    const key = idempotencyKey(this.#scope, this.#parts.numbers.next(this.#scope));
    const given = Object.keys(headers).some((header) => header.toLowerCase() === name.toLowerCase());
    return given ? headers : { ...Object.fromEntries(Object.entries(headers)), [name]: key };
  }
}

const WORTH_ANOTHER_TRY: readonly (number | undefined)[] = [undefined, 429, 502, 503, 504];

/** Sends one call of `RestClient`. Retries as the options say, each time with the same idempotency key. */
export async function send<T>(
  { axios, options: { retries = 0, retryDelayMs = 200 } }: RestParts,
  attempt: RestAttempt,
  config: AxiosRequestConfig,
): Promise<AxiosResponse<T>> {
  for (let failures = 0; ; failures++) {
    attempt.guard();
    try {
      return await axios.request<T, AxiosResponse<T>>(config);
    } catch (error) {
      const failure = isAxiosError(error) ? toRestError(error, config, axios) : error;
      if (config.signal?.aborted) throw whyCancelled(config, failure);
      if (failures >= retries || !isAxiosError(error) || !isWorthAnotherTry(failure)) throw failure;
    }
    await sleep(retryDelayMs * 2 ** failures, undefined, { signal: attempt.signal }).catch(() => {});
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  return WORTH_ANOTHER_TRY.includes((error as RestRequestError).status);
}

/** The reason of the cancellation, such as a lost lease, is thrown instead of the cancelled request's error. */
function whyCancelled({ signal }: AxiosRequestConfig, error: unknown): unknown {
  const reason: unknown = signal instanceof AbortSignal ? signal.reason : undefined;
  return reason instanceof FlamingockError ? reason : error;
}
