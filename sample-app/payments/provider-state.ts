import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Something that the payments company keeps for its customer, the shop. */
export interface ProviderRecord {
  readonly id: number;
  readonly [field: string]: unknown;
}

interface State {
  readonly webhooks: readonly ProviderRecord[];
  readonly plans: readonly ProviderRecord[];
  readonly prices: Readonly<Record<string, number>>;
}

/** What can be listed, added to and removed from. */
export type Collection = 'webhooks' | 'plans';

/** The memory of the payments company: one file, so that the next boot of the sample finds it as it was. */
export class ProviderState {
  private state: State;

  constructor(private readonly file: string) {
    this.state = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as State)
      : { webhooks: [], plans: [], prices: {} };
  }

  list(collection: Collection): readonly ProviderRecord[] {
    return this.state[collection];
  }

  add(collection: Collection, fields: Readonly<Record<string, unknown>>): ProviderRecord {
    const id = 1 + Math.max(0, ...this.list(collection).map((one) => one.id));
    const record = { ...fields, id };
    this.save({ [collection]: [...this.list(collection), record] });
    return record;
  }

  remove(collection: Collection, id: number): void {
    this.save({ [collection]: this.list(collection).filter((one) => one.id !== id) });
  }

  prices(): State['prices'] {
    return this.state.prices;
  }

  setPrices(prices: State['prices']): void {
    this.save({ prices });
  }

  private save(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    writeFileSync(this.file, JSON.stringify(this.state, null, 2));
  }
}
