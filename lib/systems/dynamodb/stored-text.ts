/** What DynamoDB or a client's marshalling options may change: an empty text, NUL, half a surrogate pair. */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
const FRAGILE = /^$|\u0000|\p{Surrogate}|^json:/u;

/** A text as it is stored: as it is, or in JSON behind `json:` when it would not come back exactly. */
export function storedText(text: string): string {
  return FRAGILE.test(text) ? `json:${JSON.stringify(text)}` : text;
}

/** The text that was stored. Never throws: what was altered by hand comes back as it stands. */
export function readText(stored: string): string {
  if (!stored.startsWith('json:')) return stored;
  const text = parsed(stored.slice('json:'.length));
  return typeof text === 'string' ? text : stored;
}

/** The JSON value of a text; undefined when it is none. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
