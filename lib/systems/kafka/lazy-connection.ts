/** What can be connected. */
export interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** A client that is connected when it is first needed. */
export class LazyConnection<C extends Connectable> {
  #client: C | undefined;
  #connected: Promise<void> | undefined;

  constructor(private readonly make: () => C) {}

  /** Opens nothing. */
  get client(): C {
    return (this.#client ??= this.make());
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

/** Connects a client for a piece of work. What is thrown is the error of the work, also when disconnecting fails too. */
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
