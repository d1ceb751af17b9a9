/**
 * A copy that shares nothing with the value.
 *
 * Plain objects and arrays are copied here and not by structuredClone, which under jest makes objects of another realm:
 * they look the same and are not strictly equal.
 *
 * @throws DataCloneError when the value is not data, a function for example
 */
export function copyOf<T>(value: T): T;
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item));
  if (!isPlainObject(value)) return structuredClone(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf<unknown>(member)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
