import type { AxiosInstance } from 'axios';

/** What of Nest's `HttpService` is used here. */
export interface HttpServiceLike {
  readonly axiosRef: AxiosInstance;
}

/** Where requests go through: an axios instance, or Nest's `HttpService`, with base URL, credentials and interceptors. */
export type RestSource = AxiosInstance | HttpServiceLike;

/** How a REST target system sends its requests. */
export interface RestTargetSystemOptions {
  /**
   * Name of the header that carries the idempotency key of every request that may change something; false for none.
   *
   * The key is the same whenever one call is sent again, and differs between calls, attempts and changes.
   *
   * @default 'Idempotency-Key'
   */
  readonly idempotencyHeader?: string | false;
  /**
   * How often `RestClient` sends a request again that got no answer, or 429, 502, 503 or 504.
   * Harmless for requests that change something only where the API heeds the idempotency key.
   *
   * @default 0
   */
  readonly retries?: number;
  /**
   * Origins, such as `https://eu.payments.example`, that a request may be redirected to besides its own. Body and credentials
   * go there with it, as far as axios lets them.
   *
   * @default none
   */
  readonly redirectOrigins?: readonly string[];
  /** First pause between two tries, in milliseconds; doubles each time. @default 200 */
  readonly retryDelayMs?: number;
}
