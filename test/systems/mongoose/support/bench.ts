import type { Connection, ConnectOptions, Model } from 'mongoose';
import type { Clients } from 'nestjs-flamingock';
import { MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { AttemptScope } from '../../../../lib/core/target-system.js';
import { createMongoPlace, type MongoPlace } from './connections.js';
import { effectModel, effectNames, type EffectDocument } from './effects.js';
import { attemptScope, chainIn } from './scope.js';

/** A target system on a database of its own, with the connection of the app and what it injects into constructors. */
export interface Bench {
  readonly place: MongoPlace;
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
  const place = await createMongoPlace(major);
  const observer = await place.open();
  await observer.createCollection('effect');
  const connection = await place.open(options);
  const target = new MongooseTargetSystem('catalog', connection, { lockWait: '1s' });
  await target.markers(chainIn('default')).open();
  return {
    place,
    connection,
    Effects: effectModel(connection),
    target,
    change: (work, scope) =>
      target.transaction(attemptScope(scope), async (transaction) => {
        await work(transaction.clients);
        await transaction.seal();
      }),
    effects: async () => (await effectNames(observer)).sort(),
    drop: place.drop,
  };
}
