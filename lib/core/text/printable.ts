/** The longest text that the audit keeps in one field, in characters. Every store accepts it. */
export const LONGEST_TEXT = 64 * 1024;

/** Space for the note that a text was cut, in characters. */
const NOTE = 40;

/** The text, or its beginning with a note of its full length: never more than `longest` characters. */
export function cutText(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, cutAt(text, longest))}${cutNote(text)}`;
}

/** Where to cut a text that is too long, so that the note fits after it; never within a surrogate pair. */
export function cutAt(text: string, longest: number): number {
  const end = Math.max(0, longest - NOTE);
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

/** `… cut: 17 MB of text` */
export function cutNote({ length }: string): string {
  const size =
    length < 10_000
      ? `${length} characters`
      : length < 10_000_000
        ? `${Math.round(length / 1_000)} KB`
        : `${Math.round(length / 1_000_000)} MB`;
  return `… cut: ${size} of text`;
}

/** Control characters except tab and newline, other line ends, and characters that change the direction of writing. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- the pattern is meant to find them
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** The text with control characters escaped: `\x1b` instead of ESC. Tabs and newlines stay. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSEEN, escaped);
}

/** The text on one line, for logs, where a newline in it would look like another log line. */
export function oneLine(text: string): string {
  return visible(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}

/** The text with all lines but the first indented. */
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
