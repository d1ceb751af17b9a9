import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Clients } from 'nestjs-flamingock/kit';
import { SchemaRegistryTargetSystem } from 'nestjs-flamingock/schema-registry';
import { recipeContract, targetSystemContract, type Effect } from 'nestjs-flamingock/testing';
import { RECIPE_CASES } from './support/recipe-cases.js';
import { ask, connect, userSchema } from './support/registry.js';
import { libraryOf, registryOf, targetOn } from './support/use.js';

const brings =
  (work: (clients: Clients, subject: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(clients, name));

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
    async createLocation() {
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

recipeContract(
  { describe, it, beforeAll, afterAll },
  { name: 'schema-registry', start: async () => targetOn(), stop: async () => {}, cases: RECIPE_CASES },
);
