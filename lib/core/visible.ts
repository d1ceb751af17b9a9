/** C0 and C1 but tab and newline, the other line ends, and what turns the direction of writing. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** A text whose control characters are seen and do nothing: `\x1b` in the place of ESC. Tabs and newlines stay. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSEEN, escaped);
}

/** A text on one line, for a place where a newline would begin a line that somebody else seems to have written. */
export function oneLine(text: string): string {
  return visible(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}

/** A text of which only the first line begins at the margin. */
export function asBlock(text: string): string {
  return visible(text).replace(/\n(?=[^\s])/g, '\n  ');
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\r') return '\\r';
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
