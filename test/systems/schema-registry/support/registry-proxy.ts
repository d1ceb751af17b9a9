import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { url as registryUrl } from './registry.js';

/** A request on its way to the registry. */
export interface Passing {
  readonly method: string;
  /** Without the root of the API and the query. */
  readonly path: string;
  readonly authorization: string | undefined;
}

/** An answer in the place of the registry's. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * What becomes of a request: undefined lets it pass; `cut` ends the connection, `mute` does so once the registry has
 * answered, `hold` never answers.
 */
export type Intercept = (request: Passing) => Answer | 'cut' | 'mute' | 'hold' | undefined;

/** A proxy in front of the real registry. */
export interface RegistryProxy {
  readonly url: string;
  readonly passed: Passing[];
  intercept: Intercept;
  /** Nothing listens any more, as when the registry was killed. */
  down(): Promise<void>;
  /** On the same port. */
  up(): Promise<void>;
}

export async function startProxy(intercept: Intercept = () => undefined): Promise<RegistryProxy> {
  const server = createServer((request, response) => {
    void handle(proxy, request, response).catch(() => response.destroy());
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const proxy: RegistryProxy = {
    url: `http://127.0.0.1:${port}`,
    passed: [],
    intercept,
    down: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    up: async () => void (await listen(port)),
  };
  return proxy;
}

async function handle(
  proxy: RegistryProxy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  const body = await text(request);
  const passing = { method, path: url.split('?', 1)[0] ?? '', authorization: headers.authorization };
  proxy.passed.push(passing);
  const instead = proxy.intercept(passing);
  if (instead === 'hold') return;
  if (instead === 'cut') return void response.destroy();
  const { status, body: told } = typeof instead === 'object' ? instead : await forward(method, url, body);
  if (instead === 'mute') return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(told));
}

async function forward(method: string, path: string, body: string): Promise<Answer> {
  const answer = await fetch(`${registryUrl()}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body && { body }),
  });
  return { status: answer.status, body: await answer.json() };
}
