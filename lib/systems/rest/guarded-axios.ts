import type { AxiosInstance, AxiosRequestConfig } from 'axios';

/** For each method of axios: the index of its config argument, and the HTTP method that it sends. */
const METHODS: Readonly<Record<string, { readonly method: string; readonly config: 1 | 2 }>> = {
  get: { method: 'GET', config: 1 },
  delete: { method: 'DELETE', config: 1 },
  head: { method: 'HEAD', config: 1 },
  options: { method: 'OPTIONS', config: 1 },
  post: { method: 'POST', config: 2 },
  put: { method: 'PUT', config: 2 },
  patch: { method: 'PATCH', config: 2 },
  query: { method: 'QUERY', config: 2 },
  postForm: { method: 'POST', config: 2 },
  putForm: { method: 'PUT', config: 2 },
  patchForm: { method: 'PATCH', config: 2 },
};

/** Sends a request by `send`, with the config that it must have. @throws when the request must not happen */
export type PerformRequest = <T>(
  config: AxiosRequestConfig,
  send: (config: AxiosRequestConfig) => Promise<T>,
) => Promise<T>;

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** A proxy of an axios instance, with its interceptors: `perform` sends every request. */
export function guardedAxios(axios: AxiosInstance, perform: PerformRequest): AxiosInstance {
  const request = (first: unknown, second?: unknown): Promise<unknown> =>
    perform(configOf(first, second), (config) => axios.request(config));
  return new Proxy(axios, {
    apply: (_target, _self, [first, second]: unknown[]) => request(first, second),
    get(target, name, receiver): unknown {
      if (name === 'request') return request;
      if (name === 'create') return (defaults?: never) => guardedAxios(target.create(defaults), perform);
      const known = typeof name === 'string' && Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      const value: unknown = Reflect.get(target, name, receiver);
      if (!known || typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const config = { ...configOf(args[0], args[known.config]), method: known.method };
        const call = value as AnyCall;
        const before = Array.from({ length: known.config }, (_, index) => args[index]);
        return perform(config, (equipped) => call(...before, equipped));
      };
    },
  });
}

function configOf(first: unknown, second: unknown): AxiosRequestConfig {
  if (typeof first === 'string') return { ...(second as AxiosRequestConfig | undefined), url: first };
  return { ...(first as AxiosRequestConfig | undefined) };
}
