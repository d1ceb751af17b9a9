/**
 * The RFC 8785 (JSON Canonicalization Scheme) text of a JSON value.
 *
 * JSON.stringify already writes numbers and strings as RFC 8785 requires; only the keys need to be sorted.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = value as Readonly<Record<string, unknown>>;
  return `{${Object.keys(members)
    .filter((key) => members[key] !== undefined)
    // By UTF-16 code units, as RFC 8785 requires.
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(members[key])}`)
    .join(',')}}`;
}
