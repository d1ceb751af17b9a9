import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it reached the server. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTP server, which remembers what reached it. */
export interface ApiServer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** Answers a request; `count` is how many have reached the server, this one included. */
export type Answer = (request: Received, response: ServerResponse, count: number) => void;

/** Says 200 to everything. */
export const ok: Answer = (_, response) => void response.end('{"ok":true}');

/** Starts a server on a free port. */
export async function startApi(answer: Answer = ok): Promise<ApiServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body });
      response.setHeader('content-type', 'application/json');
      answer({ method, url, headers, body }, response, received.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
