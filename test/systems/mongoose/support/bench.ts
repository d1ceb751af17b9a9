import type { Connection, ConnectOptions, Model } from 'mongoose';
import type { Clients } from 'nestjs-flamingock/kit';
import { MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { AttemptScope } from '../../../../lib/core/model/target-system.js';
import { createMongoLocation, type MongoLocation } from './connections.js';
import { type EffectDocument, effectModel, effectNames } from './effects.js';
import { attemptScope, chainIn } from './scope.js';

/** A target system on a database of its own, with the connection of the app and what it injects into constructors. */
export interface Bench {
  readonly location: MongoLocation;
  readonly connection: Connection;
  readonly Effects: Model<EffectDocument>;
  readonly target: MongooseTargetSystem;
  /** Runs a change in a transaction. */
  change(work: (clients: Clients) => Promise<unknown>, scope?: Partial<AttemptScope>): Promise<void>;
  /** What everybody sees, sorted. */
  effects(): Promise<string[]>;
  drop(): Promise<void>;
}

export async function createBench(major: 8 | 9 = 9, options: ConnectOptions = {}): Promise<Bench> {
  const location = await createMongoLocation(major);
  const observer = await location.open();
  await observer.createCollection('effect');
  const connection = await location.open(options);
  const target = new MongooseTargetSystem('catalog', connection, { lockWait: '1s' });
  await target.markers(chainIn('default')).open();
  return {
    location,
    connection,
    Effects: effectModel(connection),
    target,
    change: (work, scope) =>
      target.transaction(attemptScope(scope), async (transaction) => {
        await work(transaction.clients);
        await transaction.seal();
      }),
    effects: async () => (await effectNames(observer)).sort(),
    drop: location.drop,
  };
}
