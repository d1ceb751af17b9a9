import { quotedAt, secretKind, type Span } from './secret-values.js';

/** The beginning of a statement that may have secrets in it, but not of a sentence about inserting or selecting. */
const BEGINNING = new RegExp(
  String.raw`(?:\b|(?<=\\[nrt]))(?:` +
    [
      String.raw`(?:insert|replace|merge)\s{1,40}(?:\w{1,20}\s{1,40}){0,3}into`,
      String.raw`update\s{1,40}(?:[^\s;]{1,200}\s{1,40}){1,3}set`,
      String.raw`delete\s{1,40}from`,
      String.raw`select\s[^;]{0,300}?\sfrom`,
      String.raw`(?:create|alter)\s{1,40}(?:\w{1,20}\s{1,40}){0,3}(?:table|user|role|login|server|mapping|function|procedure|trigger|view)`,
      String.raw`set\s{1,40}password`,
    ].join('|') +
    String.raw`)\b`,
  'gi',
);

/**
 * The tokens of a statement: joints of lines that Node prints, quotes, newlines in JSON, dollar quotes, the end of a statement
 * (`;` or the first frame of a stack), words and numbers.
 */
const TOKEN =
  /["'`] \+(?:\n|\\{1,15}n)\s{0,200}\\{0,15}["'`]|(\\{0,15}["'`])|\\[nrt]|(\$\w{0,30}\$)|(;|\n\s{1,20}at )|([\w.$-]+)/g;

/** After these keywords there are values, not only names. */
const BEFORE_VALUES = /^(?:values?|set|select|where|default|parameters)$/i;

/**
 * Every literal of a statement that names a secret: only the database knows which literal belongs to which column.
 * Takes linear time.
 */
export function spansOfStatements(text: string): Span[] {
  const spans: Span[] = [];
  const beginning = new RegExp(BEGINNING);
  while (beginning.test(text)) {
    const statement = new Statement(text, beginning.lastIndex);
    beginning.lastIndex = statement.end;
    if (statement.namesSecret) for (const literal of statement.literals) spans.push(literal);
  }
  return spans;
}

class Statement {
  readonly literals: Span[] = [];
  readonly end: number;
  #namesSecret = false;
  #hasValues = false;

  readonly #text: string;

  constructor(text: string, from: number) {
    this.#text = text;
    const token = new RegExp(TOKEN);
    token.lastIndex = from;
    let end = text.length;
    for (let match = token.exec(text); match; match = token.exec(text)) {
      const [, quote, dollars, ending, word] = match;
      if (ending !== undefined) {
        end = match.index;
        break;
      }
      if (quote !== undefined) token.lastIndex = this.#quoted(match.index, token.lastIndex);
      else if (dollars !== undefined) token.lastIndex = this.#dollarQuoted(dollars, token.lastIndex);
      else if (word !== undefined) this.#word(word, match.index);
    }
    this.end = end;
  }

  get namesSecret(): boolean {
    return this.#namesSecret;
  }

  /** Double quotes are values only in some databases and positions. @returns the position to go on from */
  #quoted(at: number, next: number): number {
    const quoted = quotedAt(this.#text, at);
    if (!quoted || quoted.mark === '`' || (quoted.mark === '"' && !this.#isPlaceOfValue(at))) return next;
    // The literal may be cut off at the end of the text.
    const end = quoted.isClosed ? quoted.end : this.#text.length;
    this.literals.push({ start: quoted.start, end });
    // `INSERT INTO settings (name, value) VALUES ('api_key', '…')`
    const value = this.#text.slice(quoted.start, Math.min(end, quoted.start + 100));
    if (/^[\w.$-]+$/.test(value) && secretKind(value)) this.#namesSecret = true;
    return quoted.isClosed ? quoted.next : end;
  }

  #isPlaceOfValue(at: number): boolean {
    return this.#hasValues && /[=(,[]\s{0,8}$/.test(this.#text.slice(Math.max(0, at - 9), at));
  }

  #dollarQuoted(mark: string, start: number): number {
    const close = this.#text.indexOf(mark, start);
    const end = close < 0 ? this.#text.length : close;
    this.literals.push({ start, end });
    return close < 0 ? end : end + mark.length;
  }

  #word(word: string, at: number): void {
    if (secretKind(word)) this.#namesSecret = true;
    if (BEFORE_VALUES.test(word)) this.#hasValues = true;
    if (this.#hasValues && /^-?\d/.test(word) && !/[:@?]/.test(this.#text.charAt(at - 1)))
      this.literals.push({ start: at, end: at + word.length });
  }
}
