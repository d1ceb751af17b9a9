/** What stands before the JSON of a text that would not come back as it is. */
const ESCAPE = 'json:';

/**
 * Makes the function that writes a text as it is stored: as it is, or in JSON behind `json:` when it would not come
 * back exactly. `readText` is its inverse.
 *
 * @param fragile - matches what a database would change or refuse; without the flags `g` and `y`
 */
export function storedTextWhere(fragile: RegExp): (text: string) => string {
  return (text) =>
    fragile.test(text) || text.startsWith(ESCAPE) ? `${ESCAPE}${JSON.stringify(text)}` : text;
}

/** The text that was stored. Never throws: what was altered by hand comes back as it stands. */
export function readText(stored: string): string {
  if (!stored.startsWith(ESCAPE)) return stored;
  const text = parsedJson(stored.slice(ESCAPE.length));
  return typeof text === 'string' ? text : stored;
}

/** The JSON value of a text; undefined when it is none. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
