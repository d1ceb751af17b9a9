import type { RegistryMethod } from './rest-service.js';

/** A live connection to a registry. */
export interface RegistrySession {
  /**
   * Sends one request, by the client library.
   *
   * @param path - of the API, from the root of the registry, its parts encoded
   * @throws SchemaRegistryError when there is no answer or one that says so; and what the guard of the attempt throws
   */
  send<T>(method: RegistryMethod, path: string, body?: unknown): Promise<T>;
}
