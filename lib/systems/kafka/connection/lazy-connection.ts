import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `work`, at most `ms` milliseconds. `work` must not reject. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const waited = new AbortController();
  const late = sleep(ms, undefined, { signal: waited.signal }).catch(() => {});
  await Promise.race([work, late]);
  waited.abort();
}

/** A client with a connection. */
export interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** A client that is made at its first use and connected at its first call. */
export class LazyConnection<C extends Connectable> {
  #client: C | undefined;
  #connected: Promise<void> | undefined;

  readonly #make: () => C;

  constructor(make: () => C) {
    this.#make = make;
  }

  /** Makes the client if there is none yet. No I/O. */
  get client(): C {
    return (this.#client ??= this.#make());
  }

  connect(): Promise<void> {
    return (this.#connected ??= this.client.connect().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    }));
  }

  /** The next call connects again. */
  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = this.#connected = undefined;
    await client?.disconnect();
  }
}

/** Connects a client, runs `work` and disconnects. @throws the error of `work`, also when disconnecting fails too */
export async function connectedDuring<C extends Connectable, T>(
  client: C,
  work: (client: C) => Promise<T>,
): Promise<T> {
  const done = await connected(client, work).catch(async (error: unknown) => {
    await client.disconnect().catch(() => {});
    throw error;
  });
  await client.disconnect();
  return done;
}

async function connected<C extends Connectable, T>(client: C, work: (client: C) => Promise<T>): Promise<T> {
  await client.connect();
  return work(client);
}
