/** What stands in the place of a secret. */
const HIDDEN = '***';

/** Names whose value is a secret, however they are written: in a connection string, a query, JSON or an options object. */
const SECRET_NAMES = [
  '[a-z0-9]{0,40}(?:password|passwd|passphrase|secret)',
  'pass',
  'pwd',
  '(?:client|api|app|shared|consumer)?[-_]?secret(?:[-_]?(?:access)?[-_]?key)?',
  '(?:access|refresh|id|auth|session|security|api)[-_]?token',
  '(?:api|access|account|private|shared[-_]?access|subscription)[-_]?key(?:[-_]?id)?',
  'x-amz-(?:signature|credential|security-token)',
  'sig(?:nature)?',
].join('|');

/** `name=value`, `name: value`, `"name":"value"`; a quoted value to its closing quote. MySQL's "using password: YES" tells nothing. */
const SECRET_PAIR = new RegExp(
  `(?<![A-Za-z0-9])((?:[A-Za-z0-9]{1,40}[-_]){0,6}(?:${SECRET_NAMES})["']?\\s?[=:]\\s?)(?!(?:YES|NO)\\b)("[^"]*"|'[^']*'|[^\\s,;&"'(){}]+)`,
  'gi',
);

/** Forms by which a secret is known wherever it stands. */
const KNOWN_SECRETS = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]+\.[\w-]*/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|npm_\w{30,})/g,
  /\bxox[abeprs]-[\w-]{10,}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_\w{10,}/g,
  /\bsk-[\w-]{20,}/g,
  /\bAIza[\w-]{35}/g,
] as const;

/**
 * Takes secrets out of a text that people will read: passwords in addresses and connection strings, `Authorization` headers,
 * bearer tokens, values of names such as `password` and `api_key`, keys of well-known forms.
 *
 * Everything else stays as it is; user names, hosts and database names are no secrets here.
 */
export function redact(text: string): string {
  const paired = text
    // A port is no password; a password may contain anything but blanks and quotes.
    .replace(
      /(\b[a-z][a-z\d+.-]*:\/\/[^\s:/?#@"'<>]*:)(?!\d{1,5}(?:[/?#]|$))[^\s"'<>]{1,1000}@/gi,
      `$1${HIDDEN}@`,
    )
    // A long user name without a password is a token, as in https://TOKEN@github.com.
    .replace(/(\b[a-z][a-z\d+.-]*:\/\/)[^\s:/?#@"'<>]{20,}@/gi, `$1${HIDDEN}@`)
    .replace(/\b((?:proxy-)?authorization["']?\s?[=:]\s?["']?(?:[a-z]+\s+)?)[^\s,;"']+/gi, `$1${HIDDEN}`)
    .replace(/\b(bearer\s+)[\w.~+/-]{12,}=*/gi, `$1${HIDDEN}`)
    .replace(SECRET_PAIR, (_, name: string, value: string) => `${name}${hidden(value)}`);
  return KNOWN_SECRETS.reduce((current, form) => current.replace(form, HIDDEN), paired);
}

/** Keeps the quotes, so that JSON stays JSON. */
function hidden(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? '';
  return `${quote}${HIDDEN}${quote}`;
}
