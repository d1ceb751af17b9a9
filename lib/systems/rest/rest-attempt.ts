import type { AxiosInstance, AxiosRequestConfig } from 'axios';
import { type CancellableCalls, cancellableCalls } from '../../core/cancellable-calls.js';
import type { AttemptScope } from '../../core/target-system.js';
import { withCare } from './careful-adapter.js';
import { idempotencyKey, isUnsafe, type CallNumbers } from './idempotency-key.js';
import { publicUrl } from './request-secrets.js';
import type { RestTargetSystemOptions } from './rest-options.js';

/** What every attempt on one REST target system shares. */
export interface RestParts {
  readonly id: string;
  readonly axios: AxiosInstance;
  readonly numbers: CallNumbers;
  readonly options: RestTargetSystemOptions;
}

/** The requests of one attempt: each is guarded, can be cancelled and has its idempotency key. */
export class RestAttempt {
  readonly signal: AbortSignal;
  readonly #calls: CancellableCalls;

  constructor(
    private readonly parts: RestParts,
    private readonly scope: AttemptScope,
  ) {
    this.#calls = cancellableCalls(scope, parts.id, 'request');
    const { signal: ended } = this.#calls;
    // A signal that fired before (a stop was asked for, and this is the rollback) would cancel every request at once.
    const { signal } = scope;
    this.signal = signal.aborted ? ended : AbortSignal.any([signal, ended]);
  }

  /** @throws what the guard of the attempt throws, or AttemptEndedError once it has ended */
  guard(): void {
    this.scope.guard();
    this.#calls.signal.throwIfAborted();
  }

  /** Sends a request by `send`, which is given its config with signal and idempotency key. */
  perform<T>(config: AxiosRequestConfig, send: (config: AxiosRequestConfig) => Promise<T>): Promise<T> {
    const { method = 'GET', url = '' } = config;
    const call = `${method.toUpperCase()} ${publicUrl(url)}`;
    return this.#calls.gate.perform(call, async () => send(this.#equip(config)));
  }

  /** Runs the code of the attempt, and ends with it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#calls.during(work);
  }

  #equip(config: AxiosRequestConfig): AxiosRequestConfig {
    const signals = config.signal instanceof AbortSignal ? [this.signal, config.signal] : [this.signal];
    const { axios, options } = this.parts;
    return {
      ...config,
      ...withCare({ axios, origins: options.redirectOrigins ?? [] }, config),
      headers: this.#headers(config),
      signal: AbortSignal.any(signals),
    };
  }

  #headers({ method, headers = {} }: AxiosRequestConfig): NonNullable<AxiosRequestConfig['headers']> {
    const { idempotencyHeader: name = 'Idempotency-Key' } = this.parts.options;
    if (name === false || !isUnsafe(method)) return headers;
    const key = idempotencyKey(this.scope, this.parts.numbers.next(this.scope));
    const given = Object.keys(headers).some((header) => header.toLowerCase() === name.toLowerCase());
    return given ? headers : { ...Object.fromEntries(Object.entries(headers)), [name]: key };
  }
}
