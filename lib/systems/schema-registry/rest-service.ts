import type { Client } from '@confluentinc/schemaregistry';
import { TargetSystemError } from '../../core/errors.js';

/** The methods of HTTP that the registry's API knows. */
export type RegistryMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What is told about one request beside what it asks for. */
export interface RequestSettings {
  readonly signal?: AbortSignal;
  /** In milliseconds. */
  readonly timeout?: number;
  /** Which answers are results; the library goes on to its next URL with any other. */
  readonly validateStatus?: (status: number) => boolean;
}

/** What a REST service resolves to. */
export interface RestAnswer<T> {
  readonly status: number;
  readonly data: T;
}

/**
 * What the client library sends its requests by: it knows the URLs, takes the next one when one fails, authenticates and
 * sends again what got no answer.
 */
export interface RegistryRestService {
  handleRequest<T>(
    url: string,
    method: RegistryMethod,
    data?: unknown,
    config?: RequestSettings,
  ): Promise<RestAnswer<T>>;
}

/**
 * The REST service of the user's client. The library keeps it for itself and lacks what is needed here (reasons of an
 * incompatibility, the level of one subject removed, reads that are no cache); one of our own would need all its credentials.
 *
 * @throws TargetSystemError when the client has none: it is the library's mock, or of a version that hides it elsewhere
 */
export function restServiceOf(client: Client, targetId: string): RegistryRestService {
  const service: unknown = Reflect.get(client, 'restService');
  if (isRestService(service)) return service;
  throw new TargetSystemError(
    `The client of target system '${targetId}' sends no requests: it is a ${client.constructor.name} without a REST service.`,
    { fix: ['give it a SchemaRegistryClient of @confluentinc/schemaregistry 1.10 or a later 1.x'] },
  );
}

/** The same client and caches on another REST service. */
export function clientOn(service: RegistryRestService, client: Client): Client {
  return Object.create(client, { restService: { value: service } }) as Client;
}

function isRestService(value: unknown): value is RegistryRestService {
  return (
    typeof value === 'object' &&
    value !== null &&
    'handleRequest' in value &&
    typeof value.handleRequest === 'function'
  );
}
