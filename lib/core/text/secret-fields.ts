import { afterAll, quotedAt, secretKind, type SecretKind, secretsAt, type Span } from './secret-values.js';

/** Properties whose value is a name of something. */
const SAYS_NAME = /^(?:name|key|field|path|column|header|param(?:eter)?|property|variable)$/i;
/** Properties whose value is the value of what is named. */
const SAYS_VALUE = /^(?:value|default|defaultValue|stringValue)$/i;

/** The same in DynamoDB's format: `apiToken: { S: '…' }`. */
const SAYS_TYPE = /^(?:S|N|B|SS|NS|BS)$/;

const SEPARATOR = /(?:\\{0,15}["'`])?\s{0,4}[:=]\s{0,4}/y;

/** An object in JSON or JavaScript, or a tag with attributes. */
interface Frame {
  readonly opener: string;
  kind: SecretKind | undefined;
  /** The positions where its values begin. */
  values: number[] | undefined;
}

/**
 * Values next to a property that names them: `{"name":"password","default":"…"}`, `<add key="ApiKey" value="…"/>`,
 * `"password":{"type":"string","default":"…"}`. Linear in the length of the text.
 */
export function spansByField(text: string): Span[] {
  const fields = new Fields(text);
  const tokens = /[\w.$-]+|[{}<>]/g;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match;
    if (token === '{' || token === '<') fields.open(token, match.index);
    else if (token === '}' || token === '>') fields.close(token);
    else fields.word(token, tokens.lastIndex);
  }
  return fields.end();
}

class Fields {
  readonly #spans: Span[] = [];
  readonly #frames: Frame[] = [];
  #objects = 0;
  /** The position of an object that follows the name of a secret. */
  #named: { readonly at: number; readonly kind: SecretKind } | undefined;

  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  open(opener: string, at: number): void {
    if (opener === '<' && !/[a-z]/i.test(this.#text.charAt(at + 1))) return;
    if (opener === '{') this.#objects++;
    this.#frames.push({
      opener,
      kind: this.#named?.at === at ? this.#named.kind : undefined,
      values: undefined,
    });
  }

  close(closer: string): void {
    if (closer === '>') {
      if (this.#frames.at(-1)?.opener === '<') this.#pop();
    } else if (this.#objects > 0) while (this.#pop() === '<');
  }

  word(word: string, end: number): void {
    const at = afterAll(SEPARATOR, this.#text, end);
    if (at === end) return;
    const kind = secretKind(word);
    if (kind && this.#text[at] === '{') this.#named = { at, kind };
    const frame = this.#frames.at(-1);
    if (SAYS_NAME.test(word) && frame) frame.kind ??= secretKind(this.#nameAt(at));
    if (frame && (SAYS_VALUE.test(word) || (frame.kind && SAYS_TYPE.test(word))))
      (frame.values ??= []).push(at);
  }

  /** Closes what the end of the text has cut off. @returns all secrets */
  end(): Span[] {
    while (this.#frames.length) this.#pop();
    return this.#spans;
  }

  #nameAt(at: number): string {
    const { start, end } = quotedAt(this.#text.slice(at, at + 200), 0) ?? { start: 0, end: 0 };
    const from = at + start;
    return end > start
      ? this.#text.slice(from, at + end)
      : this.#text.slice(from, afterAll(/[\w.$-]{1,100}/y, this.#text, from));
  }

  #pop(): string | undefined {
    const frame = this.#frames.pop();
    if (frame?.opener === '{') this.#objects--;
    const kind = frame?.kind;
    if (kind) for (const at of frame.values ?? []) this.#spans.push(...secretsAt(this.#text, at, kind, '='));
    return frame?.opener;
  }
}
