import { Cluster, type Collection, TransactionAttemptContext } from 'couchbase';
import type { Clients } from 'nestjs-flamingock/kit';

/** Effects are documents. A mock without queries lists none, so whoever brings one about has its name noted. */
export interface Effects {
  readonly tried: Set<string>;
  keyOf(name: string): string;
}

/** Notes of effects under keys of their own. */
export function noteEffects(keyPrefix: string): Effects {
  return { tried: new Set(), keyOf: (name) => `${keyPrefix}:effect:${name}` };
}

/** The transaction of the change, and the collection as its cluster hands it out. */
export function clientsOf(clients: Clients, bucket: string) {
  const instanceOf = <T>(token: abstract new (...args: never[]) => T): T => {
    const found = clients.find((client) => client.token === token)?.instance;
    if (found instanceof token) return found;
    throw new TypeError(`there is no client ${token.name}`);
  };
  const cluster = instanceOf(Cluster);
  return {
    context: instanceOf(TransactionAttemptContext),
    cluster,
    collection: cluster.bucket(bucket).defaultCollection(),
  };
}

/** The names of the effects that are there for everybody to see. */
export async function effectNames(collection: Collection, { tried, keyOf }: Effects): Promise<string[]> {
  const names = [...tried];
  const found = await Promise.all(names.map((name) => isThere(collection, keyOf(name))));
  return names.filter((_, index) => found[index]);
}

async function isThere(collection: Collection, key: string): Promise<boolean> {
  return collection.get(key).then(
    () => true,
    (error: Error) => {
      if (error.name === 'DocumentNotFoundError') return false;
      throw error;
    },
  );
}
