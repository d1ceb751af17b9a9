import type { ClientConfig } from '@confluentinc/schemaregistry';
import type { AttemptScope, Clients } from 'nestjs-flamingock/kit';
import {
  SchemaRegistry,
  SchemaRegistryTargetSystem,
  type SchemaRegistryTargetSystemOptions,
} from 'nestjs-flamingock/schema-registry';
import { attemptScope } from '../../../../lib/testing/target-system/attempt-scope.sample.js';
import { connect, SchemaRegistryClient } from './registry.js';

/** A target system on a client of its own. */
export function targetOn(
  config: Partial<ClientConfig> = {},
  options?: SchemaRegistryTargetSystemOptions,
): SchemaRegistryTargetSystem {
  return new SchemaRegistryTargetSystem('schemas', connect(config), options);
}

/** Does something with the main client, as a change does. */
export function use<T>(
  target: SchemaRegistryTargetSystem,
  work: (registry: SchemaRegistry, clients: Clients) => Promise<T>,
  scope: Partial<AttemptScope> = {},
): Promise<T> {
  return target.connect(attemptScope(scope), (clients) => work(registryOf(clients), clients));
}

export function registryOf([{ instance }]: Clients): SchemaRegistry {
  if (instance instanceof SchemaRegistry) return instance;
  throw new TypeError('the main client is not a SchemaRegistry');
}

/** The client of the library, as a change has it. */
export function libraryOf(clients: Clients): SchemaRegistryClient {
  const found = clients.find(({ token }) => token === SchemaRegistryClient)?.instance;
  if (found instanceof SchemaRegistryClient) return found;
  throw new TypeError('there is no client of the library');
}
