import type { Connection } from 'mongoose';
import { MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import type { TargetLocation, TransactionalTargetHarness } from 'nestjs-flamingock/testing';
import type { Clients, TransactionalTargetSystem } from 'nestjs-flamingock/kit';
import { createMongoLocation } from './connections.js';
import { effectModel, effectNames, EFFECTS, sessionOf } from './effects.js';

/** The app's own connections, as constructors get them: by the target system, and by the client of its sessions. */
const connections = new WeakMap<object, Connection>();

export function targetHarness(major: 8 | 9 = 9): TransactionalTargetHarness {
  return {
    name: `mongoose ${major} on MongoDB`,
    transactional: true,
    concurrentWriters: true,
    effects: { ...EFFECTS, 'session with a Model that was injected': withSession },
    outside: async (target, name) => void (await injectedModel(target).create({ name })),
    createLocation: () => createLocation(major),
  };
}

async function createLocation(major: 8 | 9): Promise<TargetLocation<TransactionalTargetSystem>> {
  const location = await createMongoLocation(major);
  const observer = await location.open();
  await observer.createCollection('effect');
  return {
    effects: () => effectNames(observer),
    drop: location.drop,
    connect: async () => {
      const connection = await location.open();
      effectModel(connection);
      const target = new MongooseTargetSystem('catalog', connection, { lockWait: '1s' });
      connections.set(target, connection);
      connections.set(connection.getClient(), connection);
      return { target, close: () => connection.close() };
    },
  };
}

async function withSession(clients: Clients, name: string): Promise<void> {
  const session = sessionOf(clients);
  await injectedModel(Reflect.get(session, 'client') as object).create([{ name }], { session });
}

function injectedModel(key: object) {
  const connection = connections.get(key);
  if (!connection) throw new Error('no such connection');
  return effectModel(connection);
}
