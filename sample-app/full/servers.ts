import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { OnApplicationShutdown } from '@nestjs/common';

/** Not compiled: it runs from where it was written. */
const KEEPER = join(import.meta.dirname, '..', '..', 'full', 'keeper.mjs');

const ADDRESSES = ['POSTGRES_URL', 'MONGODB_URL', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'S3_URL'] as const;
const VARIABLES = [...ADDRESSES, 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;

/** The servers that the shop uses. A class, so that Nest stops those that were started with the app. */
export class Servers implements OnApplicationShutdown {
  /**
   * @param addresses - by the variables that would point to servers that run already
   * @param stop - called when the shop has closed; absent for servers that run anyway
   */
  constructor(
    readonly addresses: NodeJS.ProcessEnv,
    private readonly stop?: () => Promise<void>,
  ) {}

  /** Whether they are there for the shop alone. */
  get started(): boolean {
    return this.stop !== undefined;
  }

  address(variable: (typeof VARIABLES)[number]): string {
    const value = this.addresses[variable];
    if (!value) throw new Error(`There is no ${variable}. To fix: set it, beside ${VARIABLES.join(', ')}.`);
    return value;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop?.();
  }
}

/** The servers that the environment names, all of them; else those that the tests use too, started for the shop. */
export async function findServers(): Promise<Servers> {
  if (ADDRESSES.every((name) => process.env[name])) return new Servers(allGiven(process.env));
  console.log('Starting PostgreSQL, MongoDB, Kafka, a schema registry and S3 for the shop.');
  console.log('The first time they have to be fetched, and S3 to be built: some minutes.');
  // A group of its own: Ctrl-C in a terminal is for the shop, which needs its servers until it has closed.
  const keeper = fork(KEEPER, { detached: true });
  const addresses = await started(keeper);
  for (const name of ADDRESSES) console.log(`  ${name}=${addresses[name]}`);
  console.log('They keep nothing: when the shop closes, they stop and all is forgotten.');
  return new Servers(addresses, () => stop(keeper));
}

/** @throws Error that names what is missing, before anything is connected */
function allGiven(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const missing = VARIABLES.filter((name) => !env[name]);
  if (missing.length === 0) return env;
  throw new Error(
    `There is no ${missing.join(' and no ')}. To fix: set what is missing, as \`npm run servers\` prints it, ` +
      'or unset the addresses, so that servers are started.',
  );
}

/** @throws Error when they do not start; the keeper has said why */
async function started(keeper: ChildProcess): Promise<NodeJS.ProcessEnv> {
  const failed = once(keeper, 'exit').then(() => {
    throw new Error('The servers did not start. To fix: see above.');
  });
  const [addresses] = (await Promise.race([once(keeper, 'message'), failed])) as [NodeJS.ProcessEnv];
  return addresses;
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (!keeper.connected) return;
  const gone = once(keeper, 'exit');
  keeper.disconnect();
  await gone;
  console.log('Stopped the servers.');
}
