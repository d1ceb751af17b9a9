/** A stretch of a text, from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Words that are no value, parameters in SQL, and MySQL's "using password: NO". */
const NO_VALUE = /^(?:YES|NO|undefined|null|true|false|none|\?|\$\d{1,4})$/i;

/**
 * The secrets that begin at `at`, after a name of that kind and its separator. A quoted value ends at its closing quote, however
 * often the JSON around it was escaped; one without quotes ends at the next blank or separator.
 *
 * @param written - the text between name and value
 */
export function secretsAt(text: string, at: number, kind: SecretKind, written: string): readonly Span[] {
  const quote = openingQuote(text, at);
  if (quote)
    return [withoutScheme(text, quotedFrom(text, quote), kind)].filter(({ start, end }) => end > start);
  if (text[at] === '[') return listed(text, at + 1);
  const span = withoutScheme(text, bareFrom(text, at, kind), kind);
  return isSecret(text.slice(span.start, span.end), kind, written) ? [span] : [];
}

/** Node prints a text of several lines as `'one\n' + 'two'`, one on each line. */
const JOINT = /["'`] \+(?:\n|\\{1,15}n)\s{0,200}\\{0,15}["'`]/y;

interface Quote {
  /** The position of the first character within the quotes. */
  readonly start: number;
  readonly mark: string;
  /** The number of backslashes before the quote: 1 in JSON within JSON, 3 one level deeper. */
  readonly escapes: number;
}

/** A quoted text: the text within the quotes, and the position after it. */
export interface Quoted extends Span {
  readonly mark: string;
  readonly next: number;
  /** False without a closing quote: then it ends with its line. */
  readonly isClosed: boolean;
}

/** The quoted text that begins at `at`, however often the JSON around it was escaped. */
export function quotedAt(text: string, at: number): Quoted | undefined {
  const quote = openingQuote(text, at);
  return quote && quotedFrom(text, quote);
}

function openingQuote(text: string, at: number): Quote | undefined {
  const found = /^(\\{0,15})(["'`])/.exec(text.slice(at, at + 16));
  if (!found?.[2]) return undefined;
  return { start: at + found[0].length, mark: found[2], escapes: found[1]?.length ?? 0 };
}

/** The text up to its closing quote, or to the end of the line without one. */
function quotedFrom(text: string, { start, mark: opening, escapes }: Quote): Quoted {
  let mark = opening;
  for (let at = text.indexOf(mark, start); at >= 0; at = text.indexOf(mark, at + 1)) {
    const before = backslashesBefore(text, at, start);
    const joined = escapes + before === 0 ? afterAll(JOINT, text, at) : at;
    // In SQL a quote within quotes is doubled.
    if (escapes + before === 0 && at > start && text[at + 1] === mark) at++;
    else if (joined > at) [at, mark] = [joined - 1, text.charAt(joined - 1)];
    else if (before < escapes || (before - escapes) % (2 * (escapes + 1)) === 0)
      return { start, end: at - Math.min(before, escapes), mark: opening, next: at + 1, isClosed: true };
  }
  const line = text.indexOf('\n', start);
  const end = line < 0 ? text.length : line;
  return { start, end, mark: opening, next: end, isClosed: false };
}

function backslashesBefore(text: string, at: number, from: number): number {
  let count = 0;
  while (at - count > from && text[at - count - 1] === '\\') count++;
  return count;
}

/** The texts of a list, as Node prints header values: `[ 'a', 'b' ]`. */
function listed(text: string, from: number): Span[] {
  const spans: Span[] = [];
  for (let at = from; ;) {
    at = afterAll(/[\s,]*/y, text, at);
    const quote = openingQuote(text, at);
    if (!quote) return spans;
    const span = quotedFrom(text, quote);
    spans.push(span);
    at = span.next;
  }
}

function bareFrom(text: string, start: number, kind: SecretKind): Span {
  if (kind === 'cookie') return { start, end: afterAll(/[^\r\n"'`\\]*/y, text, start) };
  if (kind === 'authorization') {
    const scheme = afterAll(/[A-Za-z][\w-]{0,30}[ \t]{1,4}(?=[^\s])/y, text, start);
    const rest = /^digest/i.test(text.slice(start, scheme)) ? /[^\r\n]*/y : /[^\s,;"'`\\]*/y;
    return { start, end: afterAll(rest, text, scheme) };
  }
  if (/[({]/.test(text.charAt(start))) return { start, end: start };
  return { start, end: afterAll(/(?:[^\s,;&"'`)}\\]|,(?=[^\s"'`{}])|\\(?!["'`]))*/y, text, start) };
}

/** Leaves the scheme, such as `Basic`, readable. */
function withoutScheme(text: string, { start, end }: Span, kind: SecretKind): Span {
  if (kind !== 'authorization') return { start, end };
  return { start: Math.min(end, afterAll(/[A-Za-z][\w-]{0,30}[ \t]{1,4}/y, text, start)), end };
}

function isSecret(value: string, kind: SecretKind, written: string): boolean {
  if (value === '' || NO_VALUE.test(value)) return false;
  if (kind !== 'token') return true;
  // Fencing tokens are numbers, and messages of parsers contain the word token.
  if (/^\d{1,9}[.:]?$/.test(value)) return false;
  return !written.includes(':') || (/\d/.test(value) && value.length >= 6) || value.length >= 16;
}

/** The end of the match of a sticky pattern at `at`; `at` itself when it does not match. */
export function afterAll(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** The kind of secret that a name stands for. */
export type SecretKind = 'password' | 'token' | 'authorization' | 'cookie' | 'other';

/** How many characters at the end of a name are looked at. */
const LONGEST_NAME = 100;

/** Endings of names without separators, and the kind of secret. The first match counts. */
const ENDS: readonly (readonly [RegExp, SecretKind])[] = [
  [/(?:passwords?|passwd|passphrase|passcode|pwd)$/, 'password'],
  [/(?:secret|secret(?:access)?key|secretkeybase|secretkeyid)$/, 'other'],
  [/authorization$/, 'authorization'],
  [/cookies?$/, 'cookie'],
  [/(?:token|jwt)$/, 'token'],
  [
    /(?:api|access|account|private|shared|subscription|encryption|signing|master|auth)(?:access)?key(?:id)?$/,
    'other',
  ],
  [/(?:signature(?:provided)?|amzcredential|session(?:id|key)|sessid|connectsid)$/, 'other'],
];

/** Words that name a secret only when they stand alone or after a separator: not in `bypass` and `design`. */
const LAST_WORDS: Readonly<Record<string, SecretKind>> = { pass: 'password', sig: 'other' };

/** The kind of secret that a name stands for, in any spelling: `DB_PASSWORD`, `dbPassword`, `db.password`. Undefined for no secret. */
export function secretKind(written: string): SecretKind | undefined {
  const name = written.slice(-LONGEST_NAME);
  if (name === 'sid') return 'other';
  const compact = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const end = ENDS.find(([pattern]) => pattern.test(compact));
  if (end) return end[1];
  const last = /(?:[A-Z]|[a-z0-9])[a-z0-9]{0,8}$/.exec(name)?.[0].toLowerCase() ?? '';
  const word = name.slice(0, -last.length);
  const stands = word === '' || /[^A-Za-z0-9]$/.test(word) || /[A-Z]/.test(name.charAt(word.length));
  return stands && Object.hasOwn(LAST_WORDS, last) ? LAST_WORDS[last] : undefined;
}
