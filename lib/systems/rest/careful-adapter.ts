import type { AxiosAdapter, AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import type { TargetSystemError } from '../../core/errors.js';
import { beginningOfBody, isReadHere, wholeBody } from './answer-body.js';
import { withinOrigins } from './redirects.js';
import { isAxiosError } from './rest-request.error.js';

/** What every request of a target system is sent with. */
export interface Care {
  readonly axios: AxiosInstance;
  /** Origins that may be redirected to, besides the request's own. */
  readonly origins: readonly string[];
}

/**
 * The part of a config that follows no redirect to another origin and, of an answer that is a failure, reads no more than is
 * kept. It stands in the place of axios's adapter, behind all interceptors; one that the app wrote itself is left in its place.
 */
export function withCare(care: Care, config: AxiosRequestConfig): AxiosRequestConfig {
  const adapter = config.adapter ?? care.axios.defaults.adapter;
  if (typeof adapter === 'function' || typeof care.axios.create !== 'function')
    return withinOrigins({
      ...care,
      config: beforeInterceptors(care, config),
      url: care.axios.getUri(config),
    });
  return { adapter: carefulAdapter(care, adapter) };
}

function beforeInterceptors({ axios }: Care, config: AxiosRequestConfig): AxiosRequestConfig {
  const { beforeRedirect, fetchOptions } = axios.defaults;
  return { ...(beforeRedirect && { beforeRedirect }), ...(fetchOptions && { fetchOptions }), ...config };
}

function carefulAdapter(care: Care, adapter: AxiosRequestConfig['adapter']): AxiosAdapter {
  return async (config) => {
    const url = care.axios.getUri(config);
    let refusal: TargetSystemError | undefined;
    const begun = performance.now();
    const request: AxiosRequestConfig = {
      ...config,
      ...withinOrigins({ config, url, origins: care.origins }, (error) => (refusal = error)),
      ...(isReadHere(config) && { responseType: 'stream' }),
      adapter,
      transformRequest: [],
      transformResponse: [],
    };
    try {
      const response = await bare(care.axios).request<unknown>(request);
      if (isReadHere(config)) response.data = await bodyOf(response, config, begun);
      return { ...response, config };
    } catch (error) {
      if (refusal) throw refusal;
      if (!isAxiosError(error)) throw error;
      error.config = config;
      await readBeginning(error.response, config, begun);
      throw error;
    }
  };
}

/** Axios as it is, without interceptors and defaults: the config has been through them. */
function bare(axios: AxiosInstance): AxiosInstance {
  const instance = axios.create();
  instance.interceptors.request.clear();
  instance.interceptors.response.clear();
  instance.defaults = {} as AxiosInstance['defaults'];
  return instance;
}

async function bodyOf(response: AxiosResponse, config: AxiosRequestConfig, begun: number): Promise<unknown> {
  const signal = signalOf(config, begun);
  try {
    return await wholeBody(response.data, config, signal);
  } catch (error) {
    const isLate = (signal.reason as { readonly name?: unknown } | undefined)?.name === 'TimeoutError';
    const told = isLate ? new Error(`timeout of ${config.timeout}ms exceeded`) : (error as Error);
    // As axios tells of an answer that breaks off.
    throw Object.assign(told, { isAxiosError: true, config, request: response.request as unknown });
  }
}

async function readBeginning(
  response: AxiosResponse | undefined,
  config: AxiosRequestConfig,
  begun: number,
): Promise<void> {
  if (!response) return;
  if (isReadHere(config))
    response.data = await beginningOfBody(response.data, config, signalOf(config, begun));
}

/** The timeout of axios ends with the head of an answer whose body is a stream. */
function signalOf({ signal, timeout = 0 }: AxiosRequestConfig, begun: number): AbortSignal {
  const left = Math.max(1, Math.ceil(timeout - (performance.now() - begun)));
  return AbortSignal.any([
    ...(signal instanceof AbortSignal ? [signal] : []),
    ...(timeout > 0 ? [AbortSignal.timeout(left)] : []),
  ]);
}
