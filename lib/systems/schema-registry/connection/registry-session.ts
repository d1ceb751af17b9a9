import type { Client } from '@confluentinc/schemaregistry';
import { TargetSystemError } from '../../../core/model/errors.js';

/** A live connection to a registry. */
export interface RegistrySession {
  /**
   * Sends one request through the client library.
   *
   * @param path - path in the API from the root of the registry, its segments encoded
   * @throws SchemaRegistryError when the registry refuses or does not answer; and what `guard` throws
   */
  send<T>(method: RegistryMethod, path: string, body?: unknown): Promise<T>;
  /** Asked right before an effect. @throws what the guard of the attempt throws, or AttemptEndedError once it has ended */
  guard(): void;
}

/** The HTTP methods of the registry's API. */
export type RegistryMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Settings of one request. */
export interface RequestSettings {
  readonly signal?: AbortSignal;
  /** In milliseconds. */
  readonly timeout?: number;
  /** Whether an answer is a result; for any other the library tries its next URL. */
  readonly validateStatus?: (status: number) => boolean;
}

/** What a REST service resolves to. */
export interface RestAnswer<T> {
  readonly status: number;
  readonly data: T;
}

/**
 * The part of the client library that sends requests: it knows the URLs, tries the next one when one fails, authenticates and
 * retries requests without an answer.
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
 * The REST service of the app's client. It is private in the library, but the library's public methods lack the reasons of an
 * incompatibility, the removal of a subject's level, and reads without a cache. A REST service of our own would need all the credentials.
 *
 * @throws TargetSystemError when the client has no REST service: it is the library's mock, or of an unknown version
 */
export function restServiceOf(client: Client, targetId: string): RegistryRestService {
  const service: unknown = Reflect.get(client, 'restService');
  if (isRestService(service)) return service;
  throw new TargetSystemError(
    `The client of target system '${targetId}' sends no requests: it is a ${client.constructor.name} without a REST service.`,
    { fix: ['give it a SchemaRegistryClient of @confluentinc/schemaregistry 1.10 or a later 1.x'] },
  );
}

/** The app's client, with its caches, on another REST service. */
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
