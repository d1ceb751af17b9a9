/** Stands for the client library of somebody's own target system. */
export class Redis {
  private readonly values = new Map<string, string>();

  async set(key: string, value: string): Promise<void> {
    this.values.set(key, value);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }
}
