/** A token or type as a developer would write it. */
export function nameOf(token: unknown): string {
  if (typeof token === 'function') return token.name || 'an unnamed class';
  return typeof token === 'string' ? `'${token}'` : String(token);
}

/** `A`, `A and B`, `A, B and C`. */
export function joined(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
