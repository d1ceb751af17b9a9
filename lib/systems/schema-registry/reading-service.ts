import { TargetSystemError } from '../../core/errors.js';
import type { RegistryMethod, RegistryRestService } from './rest-service.js';

/** Asks about a schema, which is too long for an address. */
const QUESTION = /^\/(?:compatibility\/.*|subjects\/[^/]+)$/;

/** Lets only requests pass that change nothing. */
export function readingService(service: RegistryRestService): RegistryRestService {
  return {
    handleRequest(url, method, data) {
      if (!reads(url, method)) throw notPreviewed(url, method);
      return service.handleRequest(url, method, data);
    },
  };
}

function reads(url: string, method: RegistryMethod): boolean {
  return method === 'GET' || (method === 'POST' && QUESTION.test(url));
}

function notPreviewed(url: string, method: RegistryMethod): TargetSystemError {
  return new TargetSystemError(
    `${method} ${url} can't be previewed: it would change the registry by the library's own client.`,
    { fix: ['use the client SchemaRegistry, whose operations can be previewed'] },
  );
}
