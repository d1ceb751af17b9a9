import { quotedAt, secretKind, type Span } from './secret-values.js';

/** A sentence in which a server repeats a value that it refuses: `Duplicate entry 'a' for key 'b'`. */
interface Sentence {
  /** Matches what comes before the value. The first group of `before` or `behind` may be the name of the value. */
  readonly before: RegExp;
  readonly behind: RegExp;
  /** True: without `behind`, it is not such a sentence. Otherwise the rest of the line is hidden when `behind` was cut off. */
  readonly isShort?: true;
  /** The parts of a value to hide. */
  hide(value: string, name: string | undefined): readonly Span[];
}

const all = (value: string): readonly Span[] => [{ start: 0, end: value.length }];
const whereSecret = (value: string, name = ''): readonly Span[] => (namesSecret(name) ? all(value) : []);
/** The column of the value is unknown. Numbers and dates are not secrets. */
const whereUnknown = (value: string, name = ''): readonly Span[] =>
  /^[\d\s.:+-]{0,30}$/.test(value) && !namesSecret(name) ? [] : all(value);

const SENTENCES: readonly Sentence[] = [
  // PostgreSQL. Values are written as they are, quotes and parentheses as well.
  {
    before: /\bkey \(((?:[^()]|\([^()]{0,200}\)){1,500})\) ?= ?\(/gi,
    behind: /\)(?= (?:already exists|is duplicated|conflicts with|is not present|is still referenced))/g,
    hide: byPosition,
  },
  { before: /\bfailing row contains \(/gi, behind: /\)\.(?=\s*(?:$|["'`\\\n]))/g, hide: all },
  {
    before: /\binvalid input syntax for [\w ]{1,60}: \\{0,15}"/gi,
    behind: /\\{0,15}"(?=\s*(?:$|["'`\\,\n]))/g,
    hide: whereUnknown,
  },
  // MySQL and MariaDB. The name of a key is often not that of its columns, or that of the first.
  {
    before: /\bduplicate entry \\{0,15}'/gi,
    behind: /\\{0,15}' for key (?:\\{0,15}["'`])?([\w.$-]{0,200})/g,
    hide: whereUnknown,
  },
  {
    before: /\bincorrect \w{1,20} value: \\{0,15}'/gi,
    behind: /\\{0,15}'(?: for column ([\w.$`-]{1,300})|(?=\s*(?:$|["'`\\,\n])))/g,
    hide: (value, name) => (name === undefined ? whereUnknown(value) : whereSecret(value, name)),
  },
  // The rest of a statement after a syntax error.
  {
    before: /\bnear \\{0,15}'/g,
    behind: /\\{0,15}' at line \d/g,
    isShort: true,
    hide: literalsOf,
  },
  {
    before: /\bnear \\{0,15}"\\{0,15}'/g,
    behind: /\\{0,15}'\\{0,15}"/g,
    isShort: true,
    hide: all,
  },
  // MongoDB, and Mongoose in front of it.
  {
    before: /\b(?:failed to parse|error parsing) [\w ]{1,20} '/gi,
    behind: /'(?=;|,| in \$)/g,
    hide: whereUnknown,
  },
  {
    before: /\bcast to [\w.]{1,40} failed for value \\{0,15}["'`]/gi,
    behind: /\\{0,15}["'`] \(type \w{1,30}\) at path \\{0,15}["'`]([\w.$-]{1,200})/g,
    hide: whereSecret,
  },
  { before: /\bpath `([\w.$-]{1,200})` \(`/gi, behind: /`(?=, length |\))/g, hide: whereSecret },
  // JavaScript's JSON parser, which quotes a part of the text: the names may be cut off.
  {
    before: /\bunexpected [^"\n]{1,40}, (?:\.\.\.\\{0,15}"|\\{0,15}"(?![<{["\\]|undefined))/gi,
    behind: /\\{0,15}"(?:\.\.\.)? is not valid JSON/g,
    isShort: true,
    hide: all,
  },
];

/** Values that a server repeats in a sentence of its own. Takes linear time. */
export function spansOfSentences(text: string): Span[] {
  return SENTENCES.flatMap((sentence) => spansOf(sentence, text));
}

function spansOf({ before, behind, isShort, hide }: Sentence, text: string): Span[] {
  const spans: Span[] = [];
  const beginning = new RegExp(before);
  const ending = new RegExp(behind);
  let ends = true;
  for (let begun = beginning.exec(text); begun; begun = beginning.exec(text)) {
    const start = beginning.lastIndex;
    ending.lastIndex = start;
    const ended: RegExpExecArray | null = ends ? ending.exec(text) : null;
    ends = ended !== null;
    if (!ended && isShort) break;
    const end = ended?.index ?? endOfLine(text, start);
    const parts = hide(text.slice(start, end), begun[1] ?? ended?.[1]);
    spans.push(...parts.map((part) => ({ start: start + part.start, end: start + part.end })));
    beginning.lastIndex = Math.max(end, start);
  }
  return spans;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Hides the values whose columns name a secret; all values when a comma within one makes their positions unclear. */
function byPosition(value: string, names = ''): readonly Span[] {
  const isSecret = names.split(', ').map(namesSecret);
  const values = value.split(', ');
  if (!isSecret.includes(true)) return [];
  if (values.length !== isSecret.length) return all(value);
  let at = 0;
  return values.flatMap((part, index) => {
    const span = { start: at, end: at + part.length };
    at = span.end + 2;
    return isSecret[index] ? [span] : [];
  });
}

/** True for the name of a secret, also within an index name (`accounts_api_token_key`) or an expression (`lower(api_token)`). */
function namesSecret(name: string): boolean {
  return (
    name
      .split('.')
      .at(-1)
      ?.match(/[\w$-]+/g) ?? []
  ).some((word) => {
    const parts = word.split(/[_-]/);
    return parts.some((_, index) => secretKind(parts.slice(0, index + 1).join('_')) !== undefined);
  });
}

function literalsOf(value: string): readonly Span[] {
  const spans: Span[] = [];
  const quote = /\\{0,15}["']/g;
  for (let match = quote.exec(value); match; match = quote.exec(value)) {
    const quoted = quotedAt(value, match.index);
    if (!quoted) continue;
    spans.push({ start: quoted.start, end: quoted.isClosed ? quoted.end : value.length });
    quote.lastIndex = quoted.isClosed ? quoted.next : value.length;
  }
  return spans;
}
