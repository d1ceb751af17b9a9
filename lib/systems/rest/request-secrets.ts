import type { AxiosRequestConfig } from 'axios';
import { publicText } from '../../core/error-text.js';
import { LONGEST_TEXT } from '../../core/longest-text.js';
import { redact } from '../../core/redact.js';

const HIDDEN = '***';
const SECRET_NAME =
  /auth|cookie|token|secret|passw|pwd|credential|signature|^sig$|session|api[-_]?key|access[-_]?key|^key$|^code$/i;
const NO_SECRET = /idempotency|^xsrf/i;

/** Takes out of a text what is secret in a request: its credentials, wherever they stand, and what looks like some. */
export function hideSecrets(text: string, config: AxiosRequestConfig, url: string): string {
  const known = secretsOf(config, url).sort((a, b) => b.length - a.length);
  // Cut first, and far enough behind what is kept for a secret that begins there.
  const seen = text.slice(0, LONGEST_TEXT + (known[0]?.length ?? 0));
  return publicText(known.reduce((current, secret) => current.replaceAll(secret, HIDDEN), seen));
}

/** The URL with its credentials and secret parameters taken out. */
export function publicUrl(url: string): string {
  const query = url.indexOf('?');
  const place = query < 0 ? url : url.slice(0, query);
  const bare = place.replace(/^([a-z][a-z\d+.-]*:)?\/\/[^/@]*@/i, `$1//${HIDDEN}@`);
  if (query < 0) return redact(bare);
  const parameters = url.slice(query + 1).split('&');
  return redact(`${bare}?${parameters.map(publicParameter).join('&')}`);
}

function publicParameter(parameter: string): string {
  const [name = ''] = parameter.split('=', 1);
  return isSecretName(decoded(name)) ? `${name}=${HIDDEN}` : parameter;
}

function secretsOf({ headers, auth, params }: AxiosRequestConfig, url: string): string[] {
  const user = /^(?:[a-z][a-z\d+.-]*:)?\/\/([^/?#@]*)@/i.exec(url)?.[1] ?? '';
  const [, query = ''] = url.split('?', 2);
  const named = [...entriesOf(headers), ...entriesOf(params), ...new URLSearchParams(query)]
    .filter(([name]) => isSecretName(name))
    .map(([, value]) => String(value));
  return [...named, ...user.split(':'), auth?.password ?? '', auth?.username ?? '']
    .flatMap((value) => [value, ...value.split(/[\s;,=]+/), decoded(value)])
    .filter((value) => value.length >= 6 && !/^(?:bearer|digest|apikey)$/i.test(value));
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NO_SECRET.test(name);
}

function entriesOf(value: unknown): [string, unknown][] {
  if (value instanceof URLSearchParams) return [...value];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
