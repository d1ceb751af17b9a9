import type { AxiosError, AxiosInstance, AxiosRequestConfig } from 'axios';
import { TargetSystemError } from '../../core/model/errors.js';
import { hideSecrets, publicUrl } from './request-secrets.js';

const EXCERPT = 500;

/** A failed request, without secrets. */
export interface RestFailure {
  readonly method: string;
  /** The URL without credentials and secret parameters. */
  readonly url: string;
  /** HTTP status of the answer; absent when there was none. */
  readonly status?: number;
  /** Beginning of the answer's body: at most 500 characters, without secrets. */
  readonly body?: string;
}

/** The API refused a request of a change or did not answer. Contains no secrets, so it can be stored and shown. */
export class RestRequestError extends TargetSystemError {
  readonly method: string;
  readonly url: string;
  readonly status: number | undefined;
  readonly body: string | undefined;

  constructor({ method, url, status, body }: RestFailure, what: string) {
    super(`${method} ${url} ${what}${body ? `: ${body}` : ''}`);
    this.method = method;
    this.url = url;
    this.status = status;
    this.body = body;
  }
}

/** The error of axios without secrets. It is not kept as the cause, because it holds the request with its headers. */
export function toRestError(
  error: AxiosError,
  sent: AxiosRequestConfig,
  axios: AxiosInstance,
): RestRequestError {
  const config = error.config ?? sent;
  const url = axios.getUri(config);
  const request = { method: (config.method ?? 'GET').toUpperCase(), url: publicUrl(url) };
  const hide = (text: string): string => hideSecrets(text, config, url);
  const { response } = error;
  if (!response) return new RestRequestError(request, `got no answer: ${hide(reasonOf(error))}`);
  const failure = { ...request, status: response.status, body: excerpt(hide(textOf(response.data))) };
  return new RestRequestError(
    failure,
    `was answered by ${`${response.status} ${response.statusText}`.trim()}`,
  );
}

/** Whether axios threw it. */
export function isAxiosError(error: unknown): error is AxiosError {
  return (
    typeof error === 'object' && error !== null && 'isAxiosError' in error && error.isAxiosError === true
  );
}

function reasonOf({ code, message }: AxiosError): string {
  return [code, message].filter(Boolean).join(' ');
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (data instanceof Uint8Array) return Buffer.from(data).toString('utf8');
  if (typeof data === 'object' && data !== null && 'pipe' in data) return '(a stream)';
  return data === undefined || data === null ? '' : JSON.stringify(data);
}

function excerpt(text: string): string {
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1)}…` : text;
}
