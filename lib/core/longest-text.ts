/** The longest text that the audit keeps in one field, in characters: every store takes it, and a person reads no more. */
export const LONGEST_TEXT = 64 * 1024;

/** Room for what says that a text was cut, in characters. */
const NOTE = 40;

/** The text, or its beginning and how much there was: never more than `longest` characters. */
export function cutText(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, cutAt(text, longest))}${cutNote(text)}`;
}

/** Where a text that is too long ends, so that the note fits behind it; never between the halves of a character. */
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
