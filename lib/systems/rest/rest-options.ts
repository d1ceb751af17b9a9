import type { AxiosInstance } from 'axios';

/** The part of Nest's `HttpService` that is used here. */
export interface HttpServiceLike {
  readonly axiosRef: AxiosInstance;
}

/** What sends the requests: an axios instance, or Nest's `HttpService`, with its base URL, credentials and interceptors. */
export type RestSource = AxiosInstance | HttpServiceLike;

/** How a REST target system sends its requests. */
export interface RestTargetSystemOptions {
  /**
   * Name of the header that carries the idempotency key of every request that may change something; false for none.
   *
   * The key is the same for all retries of a call, and differs between calls, attempts and changes.
   *
   * @default 'Idempotency-Key'
   */
  readonly idempotencyHeader?: string | false;
  /**
   * How often `RestClient` retries a request that got no answer, or 429, 502, 503 or 504. Retrying a request that changes something is
   * safe only where the API honours the idempotency key.
   *
   * @default 0
   */
  readonly retries?: number;
  /**
   * Further origins that a request may be redirected to, such as `https://eu.payments.example`. The redirected request carries body and
   * credentials, as far as axios sends them.
   *
   * @default none
   */
  readonly redirectOrigins?: readonly string[];
  /** Pause before the first retry, in milliseconds; doubles with each retry. @default 200 */
  readonly retryDelayMs?: number;
}
