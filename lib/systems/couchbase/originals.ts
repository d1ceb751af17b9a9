const originals = new WeakMap<object, object>();

/** Notes what is behind a guarded object. */
export function guardedBy<T extends object>(proxy: T, original: T): T {
  originals.set(proxy, original);
  return proxy;
}

/** What is behind a guarded object; anything else as it is. The SDK's native half takes no others. */
export function originalOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (originals.get(value) ?? value) : value;
}
