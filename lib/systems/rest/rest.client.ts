import type { AxiosRequestConfig, AxiosResponse } from 'axios';

/** How a request is sent. */
export type SendRequest = <T>(config: AxiosRequestConfig) => Promise<AxiosResponse<T>>;

/**
 * The client of a REST target system: requests through your axios instance, with its base URL, credentials and
 * interceptors.
 *
 * Every request that may change something has an idempotency key. Requests are cancelled when the attempt fails. All methods throw
 * RestRequestError when the API answers with an error or does not answer.
 */
export class RestClient {
  readonly #send: SendRequest;

  /** @internal */
  constructor(send: SendRequest) {
    this.#send = send;
  }

  get<T = unknown>(url: string, config?: AxiosRequestConfig): Promise<AxiosResponse<T>> {
    return this.request({ ...config, method: 'GET', url });
  }

  post<T = unknown>(url: string, data?: unknown, config?: AxiosRequestConfig): Promise<AxiosResponse<T>> {
    return this.request({ ...config, method: 'POST', url, data });
  }

  put<T = unknown>(url: string, data?: unknown, config?: AxiosRequestConfig): Promise<AxiosResponse<T>> {
    return this.request({ ...config, method: 'PUT', url, data });
  }

  patch<T = unknown>(url: string, data?: unknown, config?: AxiosRequestConfig): Promise<AxiosResponse<T>> {
    return this.request({ ...config, method: 'PATCH', url, data });
  }

  delete<T = unknown>(url: string, config?: AxiosRequestConfig): Promise<AxiosResponse<T>> {
    return this.request({ ...config, method: 'DELETE', url });
  }

  /** Sends any request, described by an axios config. */
  request<T = unknown>(config: AxiosRequestConfig): Promise<AxiosResponse<T>> {
    return this.#send<T>(config);
  }
}
