import type { SecretKind } from './secret-name.js';

/** A stretch of a text, from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What stands for a value that is none, and what MySQL says of the password that it was not given: "using password: NO". */
const NO_VALUE = /^(?:YES|NO|undefined|null|true|false|none)$/i;

/**
 * The secrets that begin at `at`, behind a name of that kind and its separator. A value in quotes goes to the quote that
 * closes it, however deep the JSON around it was escaped; one without to the next blank or separator.
 *
 * @param written - what stands between name and value
 */
export function secretsAt(text: string, at: number, kind: SecretKind, written: string): readonly Span[] {
  const quote = openingQuote(text, at);
  if (quote)
    return [withoutScheme(text, quotedFrom(text, quote), kind)].filter(({ start, end }) => end > start);
  if (text[at] === '[') return listed(text, at + 1);
  const span = withoutScheme(text, bareFrom(text, at, kind), kind);
  return isSecret(text.slice(span.start, span.end), kind, written) ? [span] : [];
}

interface Quote {
  /** First character within. */
  readonly start: number;
  readonly mark: string;
  /** How many backslashes stand before the quote: 1 in JSON that is text in JSON, 3 one level deeper. */
  readonly escapes: number;
}

function openingQuote(text: string, at: number): Quote | undefined {
  const found = /^(\\{0,15})(["'`])/.exec(text.slice(at, at + 16));
  if (!found?.[2]) return undefined;
  return { start: at + found[0].length, mark: found[2], escapes: found[1]?.length ?? 0 };
}

/** To the end of the line, when nothing closes it. */
function quotedFrom(text: string, { start, mark, escapes }: Quote): Span {
  for (let at = text.indexOf(mark, start); at >= 0; at = text.indexOf(mark, at + 1)) {
    const before = backslashesBefore(text, at, start);
    // SQL writes a quote within quotes twice.
    if (escapes + before === 0 && at > start && text[at + 1] === mark) at++;
    else if (before < escapes || (before - escapes) % (2 * (escapes + 1)) === 0)
      return { start, end: at - Math.min(before, escapes) };
  }
  const line = text.indexOf('\n', start);
  return { start, end: line < 0 ? text.length : line };
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
    at = span.end + quote.escapes + 1;
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

/** Who reads it wants to know that it was `Basic`. */
function withoutScheme(text: string, { start, end }: Span, kind: SecretKind): Span {
  if (kind !== 'authorization') return { start, end };
  return { start: Math.min(end, afterAll(/[A-Za-z][\w-]{0,30}[ \t]{1,4}/y, text, start)), end };
}

function isSecret(value: string, kind: SecretKind, written: string): boolean {
  if (value === '' || NO_VALUE.test(value)) return false;
  if (kind !== 'token') return true;
  // Fencing tokens are numbers, and parsers speak of tokens, too.
  if (/^\d{1,9}[.:]?$/.test(value)) return false;
  return !written.includes(':') || (/\d/.test(value) && value.length >= 6) || value.length >= 16;
}

/** Where a sticky pattern that matches at `at` ends; `at` when it does not. */
function afterAll(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
