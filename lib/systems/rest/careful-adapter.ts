import { addAbortSignal, Readable } from 'node:stream';
import type { AxiosAdapter, AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { TargetSystemError } from '../../core/model/errors.js';
import { publicUrl } from './request-secrets.js';
import { isAxiosError } from './rest-request.error.js';

/** How much of the body of an error answer is read, in bytes: enough for an excerpt, and for code that inspects it. */
const KEPT = 16 * 1024;

/** Whether this file can read the body instead of axios, with the same result. */
function isReadHere({ responseType }: AxiosRequestConfig): boolean {
  return responseType === undefined || ['text', 'json', 'arraybuffer'].includes(responseType);
}

/** Reads a whole body, as axios gives it to its transformers. @throws when it breaks off, is too long or the signal fires */
async function wholeBody(body: unknown, config: AxiosRequestConfig, signal: AbortSignal): Promise<unknown> {
  const stream = streamOf(body, signal);
  if (!stream) return body;
  const { maxContentLength: longest = -1 } = config;
  const { bytes, isWhole } = await read(stream, longest < 0 ? Infinity : longest);
  if (!isWhole) throw new Error(`maxContentLength size of ${longest} exceeded`);
  return asAsked(bytes, config);
}

/** Reads the beginning of a body. Never throws: returns what could be read. */
async function beginningOfBody(
  body: unknown,
  config: AxiosRequestConfig,
  signal: AbortSignal,
): Promise<unknown> {
  const stream = streamOf(body, signal);
  if (!stream) return body;
  const { bytes } = await read(stream, KEPT).catch(() => ({ bytes: Buffer.alloc(0) }));
  return asAsked(bytes.subarray(0, KEPT), config);
}

async function read(
  stream: Readable,
  longest: number,
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the stream and closes its connection.
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > longest) return { bytes: Buffer.concat(chunks), isWhole: false };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

function streamOf(body: unknown, signal: AbortSignal): Readable | undefined {
  if (body instanceof Readable) return addAbortSignal(signal, body);
  // The type of body that axios's fetch adapter returns.
  return body instanceof ReadableStream ? addAbortSignal(signal, Readable.from(body)) : undefined;
}

function asAsked(bytes: Buffer, { responseType, responseEncoding }: AxiosRequestConfig): unknown {
  if (responseType === 'arraybuffer') return bytes;
  return bytes.toString((responseEncoding ?? 'utf8') as BufferEncoding).replace(/^\uFEFF/, '');
}

/** Which redirects a request may follow. */
export interface RedirectRules {
  readonly config: AxiosRequestConfig;
  /** The full URL of the request. */
  readonly url: string;
  /** Origins that may be redirected to, besides the request's own. */
  readonly origins: readonly string[];
}

/**
 * The part of a config that keeps a request, with its body and credentials, from being redirected to another origin. Axios's http
 * adapter asks before each redirect. Its fetch adapter can't ask, so it follows no redirects.
 */
function withinOrigins(
  { config, url, origins }: RedirectRules,
  onRefusal: (error: TargetSystemError) => void = () => undefined,
): AxiosRequestConfig {
  const { beforeRedirect, fetchOptions } = config;
  const allowed = [url, ...origins].map(originOf);
  return {
    beforeRedirect(options, ...details) {
      const origin = originOf(String(options['href']));
      if (!allowed.includes(origin)) {
        const error = refused(config, url, origin);
        onRefusal(error);
        throw error;
      }
      beforeRedirect?.(options, ...details);
    },
    fetchOptions: { ...(fetchOptions as object | undefined), redirect: 'manual' },
  };
}

function refused({ method = 'GET' }: AxiosRequestConfig, url: string, origin: string): TargetSystemError {
  return new TargetSystemError(
    `${method.toUpperCase()} ${publicUrl(url)} was redirected to ${origin}, which is another origin; nothing was sent there`,
    {
      fix: [
        `send the request to ${origin} at once, or`,
        `write redirectOrigins: ['${origin}'] in the options of the target system, if body and credentials may go there`,
      ],
    },
  );
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

/** The rules for all requests of a target system. */
export interface Care {
  readonly axios: AxiosInstance;
  /** Origins that may be redirected to, besides the request's own. */
  readonly origins: readonly string[];
}

/**
 * The part of a config that refuses redirects to other origins and reads only the beginning of an error answer. It replaces axios's
 * adapter, which runs after all interceptors. An adapter of the app's own is kept.
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
      // Axios's fetch adapter never closes the connection of an answer that is too long.
      ...(isReadHere(config) && { responseType: 'stream', maxContentLength: -1 }),
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

/** An axios instance without interceptors and defaults, because the config has already passed them. */
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
    const failure = isLate ? new Error(`timeout of ${config.timeout}ms exceeded`) : (error as Error);
    // The error that axios throws for an answer that breaks off.
    throw Object.assign(failure, { isAxiosError: true, config, request: response.request as unknown });
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

/** Axios's timeout does not cover the body of an answer that is read as a stream, so this signal does. */
function signalOf({ signal, timeout = 0 }: AxiosRequestConfig, begun: number): AbortSignal {
  const left = Math.max(1, Math.ceil(timeout - (performance.now() - begun)));
  return AbortSignal.any([
    ...(signal instanceof AbortSignal ? [signal] : []),
    ...(timeout > 0 ? [AbortSignal.timeout(left)] : []),
  ]);
}
