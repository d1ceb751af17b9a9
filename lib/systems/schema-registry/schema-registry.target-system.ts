import type { Client as LibraryClient } from '@confluentinc/schemaregistry';
import { classOf } from '../../core/kit/class-of.js';
import { injectableTarget } from '../../core/kit/injectable.js';
import {
  type OpenRecipeAttempt,
  type RecipeAttempt,
  RecipeTargetSystem,
} from '../../core/kit/recipe-target-system.js';
import { type Duration, parseDuration } from '../../core/model/duration.js';
import { TargetSystemError } from '../../core/model/errors.js';
import { type RegistryParts, RegistryRequests } from './connection/registry-requests.js';
import {
  clientOn,
  type RegistryMethod,
  type RegistryRestService,
  type RegistrySession,
  restServiceOf,
} from './connection/registry-session.js';
import { SchemaRegistry, type SchemaRegistryAccess } from './schema-registry.client.js';

/** Requests that only read, but are sent with POST, because a schema is too long for a URL. */
const QUESTION = /^\/(?:compatibility\/.*|subjects\/[^/]+)$/;

function reads(url: string, method: RegistryMethod): boolean {
  return method === 'GET' || (method === 'POST' && QUESTION.test(url));
}

function notPreviewed(url: string, method: RegistryMethod): TargetSystemError {
  return new TargetSystemError(
    `${method} ${url} can't be previewed: it would change the registry by the library's own client.`,
    { fix: ['use the client SchemaRegistry, whose operations can be previewed'] },
  );
}

/** How a schema registry target system works. */
export interface SchemaRegistryTargetSystemOptions {
  /**
   * How long to wait for one answer; the client then sends the request again, as often as its `maxRetries` says.
   *
   * @default '30s', or the `timeout` in the client's `createAxiosDefaults`
   */
  readonly answerWithin?: Duration;
}

/**
 * A schema registry (Confluent's API) as a target system. It has no transactions: every call takes effect at once.
 *
 * Clients: `SchemaRegistry` (the main one), the client of @confluentinc/schemaregistry under its class, and `Recipes`.
 */
export class SchemaRegistryTargetSystem extends RecipeTargetSystem<RegistrySession> {
  readonly kind = 'schema-registry';

  /** @throws TargetSystemError when the client is no `SchemaRegistryClient`; RangeError when `answerWithin` is no duration */
  constructor(id: string, client: LibraryClient, options: SchemaRegistryTargetSystemOptions = {}) {
    const parts = {
      service: restServiceOf(client, id),
      timeoutMs: timeoutOf(client, options),
      forget: () => client.clearCaches(),
    };
    super(id, { noun: 'request', open: (attempt) => openRegistry(client, parts, attempt) });
  }

  /** Takes the client from the container. */
  static readonly inject = injectableTarget(SchemaRegistryTargetSystem, 'SchemaRegistryTargetSystem');
}

function openRegistry(
  client: LibraryClient,
  parts: RegistryParts,
  attempt: RecipeAttempt,
): OpenRecipeAttempt<RegistrySession> {
  const { gate, reading } = attempt;
  const session = new RegistryRequests(parts, attempt);
  const look: SchemaRegistryAccess['look'] = (call, work) => gate.perform(call, () => work(session));
  const service: RegistryRestService = {
    handleRequest: (url, method, data) =>
      gate.perform(`${method} ${url}`, async () => {
        if (reading && !reads(url, method)) throw notPreviewed(url, method);
        return session.request(url, method, data);
      }),
  };
  return {
    session,
    clients: (perform) => [
      { token: SchemaRegistry, instance: new SchemaRegistry({ perform, look }) },
      { token: classOf(client), instance: clientOn(service, client) },
    ],
    during(work) {
      parts.forget();
      return work();
    },
  };
}

function timeoutOf(
  client: LibraryClient,
  { answerWithin }: SchemaRegistryTargetSystemOptions,
): number | undefined {
  if (answerWithin !== undefined) return parseDuration(answerWithin);
  return client.config().createAxiosDefaults?.timeout ? undefined : parseDuration('30s');
}
