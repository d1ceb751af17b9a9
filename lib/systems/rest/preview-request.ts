import type { AxiosRequestConfig } from 'axios';
import { TargetSystemError } from '../../core/model/errors.js';
import type { NotePreviewed } from '../../core/model/recipe.js';
import type { PerformRequest } from './guarded-axios.js';
import { isUnsafe } from './idempotency-key.js';
import { hideSecrets, publicUrl } from './request-secrets.js';
import type { RestParts } from './rest-attempt.js';

/** Sends requests that only read. Reports the first other request to the preview, and refuses it. */
export function sendingOnlyReads(
  { axios, id }: Pick<RestParts, 'axios' | 'id'>,
  note: NotePreviewed,
  perform: PerformRequest,
): PerformRequest {
  return async (config, send) => {
    if (!isUnsafe(config.method)) return perform(config, send);
    const url = axios.getUri(config);
    const request = `${config.method?.toUpperCase()} ${publicUrl(url)}`;
    note({ summary: [request, bodyOf(config, url)].filter(Boolean).join(' ') });
    throw unanswered(id, request);
  };
}

function bodyOf(config: AxiosRequestConfig, url: string): string {
  const data: unknown = config.data;
  const isText = typeof data === 'string' || (typeof data === 'object' && data !== null && isPlain(data));
  if (!isText) return '';
  return hideSecrets(typeof data === 'string' ? data : JSON.stringify(data), config, url);
}

/** False for a form, a stream or bytes. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

function unanswered(id: string, request: string): TargetSystemError {
  return new TargetSystemError(
    `A preview on target system '${id}' sends nothing that may change something, so what this would be answered is not known: ${request}`,
  );
}
