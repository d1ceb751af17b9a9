import type { Span } from './secret-value.js';

/**
 * Forms by which a secret is known wherever it stands. None can fail behind a part without a bound, so that the time is
 * linear in the length of the text.
 */
const FORMS = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  // JSON in base64: JWT, JWE and the like.
  /(?:\b|(?<=\\[nrt]))eyJ[\w-]{8,}[\w.-]*/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|npm_\w{30,})/g,
  /\bxox[abeprs]-[\w-]{10,}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_\w{10,}/g,
  /\bsk-[\w-]{20,}/g,
  /\bAIza[\w-]{35}/g,
] as const;

/** What follows is a secret in quotes: `CREATE USER app IDENTIFIED BY '…'`. */
const IDENTIFIED =
  /\bidentified\s{1,4}(?:with\s{1,4}\S{1,64}\s{1,4})?(?:by|as)\s{1,4}(?:password\s{1,4})?(["'])((?:(?!\1)[^\\]|\\[\s\S]|\1\1)*)/gi;

/** Every secret that its own form, or the word before it, tells. Linear in the length of the text. */
export function spansByForm(text: string): Span[] {
  return [
    ...FORMS.flatMap((form) => Array.from(text.matchAll(form), spanOf)),
    ...Array.from(text.matchAll(IDENTIFIED), (match) => lastPart(match, match[2])),
    ...Array.from(text.matchAll(/(?:\b|(?<=\\[nrt]))bearer\s{1,4}([\w.~+/-]{6,}={0,2})/gi))
      .filter(([, token = '']) => token.length >= 12 || /\d/.test(token))
      .map((match) => lastPart(match, match[1])),
    ...Array.from(text.matchAll(/(?:\b|(?<=\\[nrt]))basic\s{1,4}([\w+/-]{6,}={0,2})/gi))
      .filter((match) => isCredentials(match, text))
      .map((match) => lastPart(match, match[1])),
    ...credentialsOfUrls(text),
  ];
}

/** `user:password` in base64, or its beginning at the end of the text. A word of English is none. */
function isCredentials(match: RegExpExecArray, text: string): boolean {
  const decoded = Buffer.from((match[1] ?? '').slice(0, 1024), 'base64').toString('latin1');
  return /^[\x20-\x7e\xa0-\xff]*:/.test(decoded) || spanOf(match).end === text.length;
}

/** Passwords in addresses and connection strings, and long user names without one, which are tokens. */
function credentialsOfUrls(text: string): Span[] {
  const spans: Span[] = [];
  let runEnd = -1;
  let lastAt = -1;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    if (!/[a-z\d+.-]/i.test(text.charAt(at - 1))) continue;
    if (at >= runEnd) {
      runEnd = endOf(/[^\s"'<>`]*/y, text, at);
      lastAt = text.slice(at, runEnd).lastIndexOf('@') + at;
    }
    const start = at + 3;
    const user = endOf(/[^\s:/?#@"'<>`]*/y, text, start);
    if (text[user] === ':' && !isPort(text, user + 1)) {
      // The end of what is looked at may have cut the address off.
      const end = lastAt > user + 1 ? lastAt : runEnd === text.length && runEnd - user > 1024 ? runEnd : user;
      if (end > user) spans.push({ start: user + 1, end });
    }
    if (text[user] === '@' && user - start >= 20) spans.push({ start, end: user });
  }
  return spans;
}

/** A port is no password; a password may contain anything but blanks and quotes. */
function isPort(text: string, at: number): boolean {
  return /^\d{1,5}(?:[/?#]|$)/.test(text.slice(at, at + 6)) || endOf(/\d{1,5}/y, text, at) === text.length;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function spanOf({ index, 0: { length } }: RegExpExecArray): Span {
  return { start: index, end: index + length };
}

function lastPart(match: RegExpExecArray, part = ''): Span {
  const { end } = spanOf(match);
  return { start: end - part.length, end };
}
