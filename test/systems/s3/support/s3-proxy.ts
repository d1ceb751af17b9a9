import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with one request. */
export type Fate =
  /** It reaches the server, and the answer comes back. */
  | 'passed'
  /** S3 asks to come later; the server does not see it. */
  | 'slow-down'
  /** It reaches the server, and the connection is cut before the answer. */
  | 'answer-lost'
  /** It reaches the server, and the answer comes only when the proxy ends. */
  | 'answer-late';

/** What the proxy has to do with a request of this method and path. */
export type FateOf = (method: string, path: string) => Fate;

/** A proxy in front of a real S3 server. */
export interface S3Proxy {
  readonly url: string;
  /** Requests that it has seen, oldest first: `PUT /bucket/key passed`. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

export async function startS3Proxy(server: string, fateOf: FateOf): Promise<S3Proxy> {
  const seen: string[] = [];
  const late: (() => void)[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    const fate = fateOf(method, url);
    seen.push(`${method} ${url} ${fate}`);
    if (fate === 'slow-down') answerSlowDown(incoming, outgoing);
    else forward(server, incoming, outgoing, (answer) => deliver(fate, answer, outgoing, late));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: async () => {
      for (const deliverLate of late) deliverLate();
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

function answerSlowDown(incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume().once('end', () => {
    outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN);
  });
}

/** As it is, the host that was signed included. */
function forward(
  server: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answered: (answer: IncomingMessage) => void,
): void {
  const { method, url = '/', headers } = incoming;
  const forwarded = request(new URL(url, server), { method, headers, path: url }, answered);
  forwarded.on('error', () => outgoing.destroy());
  incoming.pipe(forwarded);
}

function deliver(fate: Fate, answer: IncomingMessage, outgoing: ServerResponse, late: (() => void)[]): void {
  const pass = (): void => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  };
  if (fate === 'answer-lost') answer.resume().once('end', () => outgoing.destroy());
  else if (fate === 'answer-late') late.push(pass);
  else pass();
}
