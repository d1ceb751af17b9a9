import type { AxiosRequestConfig } from 'axios';
import { publicText, LONGEST_TEXT, redact } from '../../core/kit/text.js';

const HIDDEN = '***';
const SECRET_NAME =
  /auth|cookie|token|secret|passw|pwd|credential|signature|^sig$|session|api[-_]?key|access[-_]?key|^key$|^code$/i;
const NO_SECRET = /idempotency|^xsrf/i;

/** Removes secrets from a text: the credentials of the request, wherever they are, and what looks like credentials. */
export function hideSecrets(text: string, config: AxiosRequestConfig, url: string): string {
  const known = secretsOf(config, url).sort((a, b) => b.length - a.length);
  // The text is cut first, behind the part that is kept, so that a secret that begins in that part is complete.
  const seen = text.slice(0, LONGEST_TEXT + (known[0]?.length ?? 0));
  return publicText(known.reduce((current, secret) => current.replaceAll(secret, HIDDEN), seen));
}

/** The URL without credentials and secret parameters. */
export function publicUrl(url: string): string {
  const query = url.indexOf('?');
  const location = query < 0 ? url : url.slice(0, query);
  const bare = location.replace(/^([a-z][a-z\d+.-]*:)?\/\/[^/@]*@/i, `$1//${HIDDEN}@`);
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
