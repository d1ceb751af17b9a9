import type { Dialect } from './dialect.js';

type Name = Dialect['name'];

const DOLLAR_QUOTED = String.raw`\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$`;
const QUOTED = String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|` + '`[^`]*`';
const ESCAPED = String.raw`'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|` + '`[^`]*`';
const BLOCK_COMMENT = String.raw`/\*[\s\S]*?\*/`;
const LINE_COMMENT = String.raw`--[^\n]*`;
/** MySQL takes two dashes for a comment only where a blank follows. */
const MYSQL_LINE_COMMENT = String.raw`--(?=\s|$)[^\n]*`;

/** Whether a backslash escapes a quote depends on settings of the server: both ways of reading. */
const READINGS: Readonly<Record<Name, readonly RegExp[]>> = {
  postgres: [QUOTED, ESCAPED].map((quoted) => reading(DOLLAR_QUOTED, quoted, LINE_COMMENT, BLOCK_COMMENT)),
  mysql: [QUOTED, ESCAPED].map((quoted) => reading(quoted, MYSQL_LINE_COMMENT, BLOCK_COMMENT)),
  sqlite: [reading(QUOTED, LINE_COMMENT, BLOCK_COMMENT)],
};

function reading(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join('|'), 'g');
}

/**
 * The statements in a text, without what stands in quotes and in comments: of each way in which the server may read it.
 * For finding out what may be in there, not for sending it.
 */
export function statementsIn(text: string, name: Name): string[] {
  return READINGS[name].flatMap((masked) =>
    text
      .replace(masked, (found) => (/^(?:--|\/\*)/.test(found) ? ' ' : "''"))
      .split(';')
      .map((part) => part.replace(/\s+/g, ' ').trim())
      .filter(Boolean),
  );
}
