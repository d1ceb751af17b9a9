import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Clients } from 'nestjs-flamingock';
import { SchemaRegistry, SchemaRegistryTargetSystem } from 'nestjs-flamingock/schema-registry';
import { targetSystemContract, type Effect } from 'nestjs-flamingock/testing';
import { ask, connect, SchemaRegistryClient, userSchema } from './support/registry.js';

const brings =
  (work: (clients: Clients, subject: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(clients, name));

const registryOf = ([{ instance }]: Clients): SchemaRegistry => instance as SchemaRegistry;
const libraryOf = (clients: Clients): SchemaRegistryClient =>
  clients.find(({ token }) => token === SchemaRegistryClient)?.instance as SchemaRegistryClient;
const text = { schema: JSON.stringify(userSchema().schema) };

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'schema-registry',
    transactional: false,
    effects: {
      'SchemaRegistry.register': brings((clients, name) => registryOf(clients).register(name, userSchema())),
      'SchemaRegistryClient.register': brings((clients, name) => libraryOf(clients).register(name, text)),
    },
    async createPlace() {
      return {
        connect: async () => ({
          target: new SchemaRegistryTargetSystem('schemas', connect()),
          close: async () => {},
        }),
        effects: async () => (await ask<string[]>('/subjects')) ?? [],
        drop: async () => {},
      };
    },
  },
);
