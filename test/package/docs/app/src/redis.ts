import { setImmediate as answer } from 'node:timers/promises';

/** Stands for the client library of somebody's own target system: each call is answered later, as over a network. */
export class Redis {
  private readonly values = new Map<string, string>();

  async set(key: string, value: string): Promise<void> {
    await answer();
    this.values.set(key, value);
  }

  async get(key: string): Promise<string | null> {
    await answer();
    return this.values.get(key) ?? null;
  }

  /** Sets the value if the key still has `expected`, null for no key. @returns whether it did */
  async replace(key: string, expected: string | null, value: string): Promise<boolean> {
    await answer();
    if ((this.values.get(key) ?? null) !== expected) return false;
    this.values.set(key, value);
    return true;
  }

  async delete(key: string): Promise<void> {
    await answer();
    this.values.delete(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }
}
