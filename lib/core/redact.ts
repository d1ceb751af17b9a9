import { cutAt, cutNote, LONGEST_TEXT } from './longest-text.js';
import { spansByForm } from './secret-forms.js';
import { secretKind } from './secret-name.js';
import { secretsAt, type Span } from './secret-value.js';

/** What stands in the place of a secret. */
const HIDDEN = '***';

/** How far behind the cut is looked, in characters, for secrets that begin before it. */
const AHEAD = 4 * 1024;

/** What stands between a name and its value; with the quote that closes the name, however deep it was escaped. */
const SEPARATOR = /(?:\\{0,15}["'`])?[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}/y;
/** Node prints raw headers as `'Cookie', 'a=b'`. */
const IN_LIST = /\\{0,15}["'`],\s{1,8}(?=\\{0,15}["'`])/y;
const BEFORE_QUOTE = /[ \t]{1,4}(?=["'])/y;
const BEFORE_ARGUMENT = /[ \t]{1,4}(?=[^\s-])/y;

/**
 * Takes secrets out of a text that people will read: passwords in addresses and connection strings, `Authorization` headers,
 * cookies, tokens, values of names such as `password` and `api_key`, keys of well-known forms.
 *
 * Everything else stays as it is; user names, hosts and database names are no secrets here. The time is linear in the length of
 * the text, and a text that is too long is cut first, and says so; a secret at the cut is not shown in part.
 *
 * @param longest - in characters
 */
export function redact(text: string, longest = LONGEST_TEXT): string {
  const isCut = text.length > longest;
  const end = isCut ? cutAt(text, longest) : text.length;
  const seen = isCut ? text.slice(0, end + AHEAD) : text;
  const parts: string[] = [];
  let from = 0;
  for (const span of merged([...spansByName(seen), ...spansByForm(seen)])) {
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
