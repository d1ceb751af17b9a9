import { cutAt, cutNote, LONGEST_TEXT } from './printable.js';
import { spansByField } from './secret-fields.js';
import { spansOfSentences } from './secret-sentences.js';
import { spansOfStatements } from './secret-statements.js';
import { secretKind, secretsAt, type Span } from './secret-values.js';

/** Replaces a secret. */
const HIDDEN = '***';

/** How many characters after the cut are searched for the end of secrets that begin before it. */
const AHEAD = 4 * 1024;

/** What separates a name from its value, with the quote that closes the name, however often it was escaped. */
const SEPARATOR = /(?:\\{0,15}["'`])?[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}/y;
/** Node prints raw headers as `'Cookie', 'a=b'`. */
const IN_LIST = /\\{0,15}["'`],\s{1,8}(?=\\{0,15}["'`])/y;
const BEFORE_QUOTE = /[ \t]{1,4}(?=["'])/y;
const BEFORE_ARGUMENT = /[ \t]{1,4}(?=[^\s-])/y;

const SEEKERS = [spansByName, spansByField, spansByForm, spansOfStatements, spansOfSentences] as const;

/**
 * Replaces the secrets in a text that people will read: passwords in addresses and connection strings, `Authorization` headers,
 * cookies, tokens, values of names such as `password` and `api_key`, keys of well-known forms, and values that servers repeat when
 * they refuse them.
 *
 * Everything else stays as it is; user names, hosts and database names are not secrets here. Takes linear time. A text that is
 * too long is cut, with a note; a secret at the cut is not shown in part.
 *
 * @param longest - in characters
 */
export function redact(text: string, longest = LONGEST_TEXT): string {
  const isCut = text.length > longest;
  const end = isCut ? cutAt(text, longest) : text.length;
  const seen = isCut ? text.slice(0, end + AHEAD) : text;
  const parts: string[] = [];
  let from = 0;
  for (const span of merged(SEEKERS.flatMap((seek) => seek(seen)))) {
    if (span.start >= end) break;
    parts.push(seen.slice(from, span.start), HIDDEN);
    from = span.end;
  }
  parts.push(seen.slice(from, Math.max(from, end)));
  return isCut ? `${parts.join('')}${cutNote(text)}` : parts.join('');
}

/** Values of secret names: `name=value`, `name: value`, `"name":"value"`, `--name value`, `<name>value</name>`. */
function spansByName(text: string): Span[] {
  const spans: Span[] = [];
  const names = /[\w.$-]+/g;
  for (let match = names.exec(text); match; match = names.exec(text)) {
    const found = spansBehind(text, match[0], names.lastIndex);
    spans.push(...found);
    names.lastIndex = found.at(-1)?.end ?? names.lastIndex;
  }
  return spans;
}

function spansBehind(text: string, name: string, end: number): readonly Span[] {
  const kind = secretKind(name);
  if (!kind) return [];
  if (text[end] === '>' && text[end - name.length - 1] === '<') {
    const close = text.indexOf('<', end);
    return [{ start: end + 1, end: close < 0 ? text.length : close }];
  }
  const separators = [
    SEPARATOR,
    ...(kind === 'cookie' || kind === 'authorization' || name.includes('-') ? [IN_LIST] : []),
    ...(kind === 'password' ? [BEFORE_QUOTE] : []),
    ...(name.startsWith('--') ? [BEFORE_ARGUMENT] : []),
  ];
  for (const separator of separators) {
    separator.lastIndex = end;
    const [written] = separator.exec(text) ?? [];
    if (written !== undefined) return secretsAt(text, end + written.length, kind, written);
  }
  return [];
}

function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last && span.start < last.end)
      all.splice(-1, 1, { start: last.start, end: Math.max(last.end, span.end) });
    else all.push(span);
  }
  return all;
}

/**
 * Secrets with a form of their own, which are recognized anywhere. No pattern can fail after an unbounded part, so that matching
 * takes linear time.
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

/** A quoted secret after a keyword: `CREATE USER app IDENTIFIED BY '…'`. */
const IDENTIFIED =
  /\bidentified\s{1,4}(?:with\s{1,4}\S{1,64}\s{1,4})?(?:by|as)\s{1,4}(?:password\s{1,4})?(["'])((?:(?!\1)[^\\]|\\[\s\S]|\1\1)*)/gi;

/** Every secret that is recognized by its form or by the word before it. Takes linear time. */
function spansByForm(text: string): Span[] {
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

/** True for `user:password` in base64, or its beginning at the end of the text; false for an English word. */
function isCredentials(match: RegExpExecArray, text: string): boolean {
  const decoded = Buffer.from((match[1] ?? '').slice(0, 1024), 'base64').toString('latin1');
  return /^[\x20-\x7e\xa0-\xff]*:/.test(decoded) || spanOf(match).end === text.length;
}

/** Passwords in addresses and connection strings, and long user names without a password: these are tokens. */
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
      // The address may be cut off at the end of the text.
      const end = lastAt > user + 1 ? lastAt : runEnd === text.length && runEnd - user > 1024 ? runEnd : user;
      if (end > user) spans.push({ start: user + 1, end });
    }
    if (text[user] === '@' && user - start >= 20) spans.push({ start, end: user });
  }
  return spans;
}

/** True for a port, which is not a password. A password may contain anything but blanks and quotes. */
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
