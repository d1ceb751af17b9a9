/** The prefix of a text that is stored as JSON. */
const ESCAPE = 'json:';

/**
 * Makes the function that turns a text into the stored text: the text itself, or `json:` and its JSON when the database would
 * change or refuse it. `readText` is the inverse.
 *
 * @param fragile - matches what the database changes or refuses; without the flags `g` and `y`
 */
export function storedTextWhere(fragile: RegExp): (text: string) => string {
  return (text) =>
    fragile.test(text) || text.startsWith(ESCAPE) ? `${ESCAPE}${JSON.stringify(text)}` : text;
}

/** The original of a stored text. Never throws: a text that was altered by hand is returned as it is. */
export function readText(stored: string): string {
  if (!stored.startsWith(ESCAPE)) return stored;
  const text = parsedJson(stored.slice(ESCAPE.length));
  return typeof text === 'string' ? text : stored;
}

/** The value of a JSON text; undefined when it is not JSON. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
