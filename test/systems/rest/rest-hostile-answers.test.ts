import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';
import { AXIOS_CLIENT, RestClient, RestRequestError, RestTargetSystem } from 'nestjs-flamingock/rest';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { eventually } from '../../../lib/testing/waiting.js';
import { type Answer, type ApiServer, startApi } from './api-server.js';
import { type Furniture, withApi } from './rest-location.js';

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: unknown) => error,
  );

/** Two servers: the first redirects to the second, or to its own `/there`. */
async function withRedirects(
  { status, furniture }: { readonly status: number; readonly furniture?: Furniture },
  work: (location: {
    readonly own: ApiServer;
    readonly other: ApiServer;
    readonly target: RestTargetSystem;
  }) => Promise<void>,
): Promise<void> {
  const other = await startApi();
  const redirect: Answer = ({ url }, response) => {
    if (url === '/there') return void response.end('{"there":true}');
    const location = url.startsWith('/away') ? `${other.url}/stolen` : '/there';
    response.writeHead(status, { location }).end();
  };
  const { redirectOrigins = [], ...rest } = furniture ?? {};
  const origins = redirectOrigins.map((origin) => (origin === 'other' ? other.url : origin));
  try {
    await withApi({ ...rest, redirectOrigins: origins, answer: redirect }, ({ api, target }) =>
      work({ own: api, other, target }),
    );
  } finally {
    await other.close();
  }
}

const KEYS = { headers: { 'X-Api-Key': 'key-s3cr3t', Authorization: 'Bearer bearer-s3cr3t' } };

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('by %i carries nothing to another origin', (status) =>
    withRedirects({ status, furniture: { axios: KEYS } }, ({ other, target }) =>
      target.connect(attemptScope(), async (clients) => {
        const rest = clients.find(({ token }) => token === RestClient)?.instance as RestClient;
        const raw = clients.find(({ token }) => token === AXIOS_CLIENT)?.instance as AxiosInstance;
        const calls = [
          () => rest.post('/away', { iban: 'DE00' }),
          () => rest.get('/away?token=query-s3cr3t'),
          () => raw.post('/away', { iban: 'DE00' }),
          () => raw.get('/away'),
        ];
        for (const call of calls) {
          const error = (await thrownBy(call())) as Error;
          expect(error.message).toContain(`was redirected to ${other.url}, which is another origin`);
          expect(error.message).toContain(`redirectOrigins: ['${other.url}']`);
          expect(error.message).not.toContain('s3cr3t');
        }
        expect(other.received).toEqual([]);
      }),
    ),
  );

  it('is followed within the origin, and to one that the options name', () =>
    withRedirects(
      { status: 307, furniture: { axios: KEYS, redirectOrigins: ['other'] } },
      ({ own, other, target }) =>
        target.connect(attemptScope(), async ([{ instance }]) => {
          const client = instance as RestClient;
          expect((await client.post('/near', { a: 1 })).data).toEqual({ there: true });
          expect(own.received.at(-1)).toMatchObject({ method: 'POST', url: '/there', body: '{"a":1}' });
          expect((await client.post('/away', { a: 1 })).data).toEqual({ ok: true });
          expect(other.received).toHaveLength(1);
        }),
    ));

  it('asks the beforeRedirect of the app, too', () => {
    const seen: unknown[] = [];
    const beforeRedirect = (options: Record<string, unknown>): void => void seen.push(options['href']);
    return withRedirects({ status: 302, furniture: { axios: { beforeRedirect } } }, ({ own, target }) =>
      target.connect(attemptScope(), async ([{ instance }]) => {
        await (instance as RestClient).get('/near');
        expect(seen).toEqual([`${own.url}/there`]);
      }),
    );
  });

  it("is not followed by axios's fetch adapter, which cannot be asked", () =>
    withRedirects({ status: 307, furniture: { axios: { ...KEYS, adapter: 'fetch' } } }, ({ other, target }) =>
      target.connect(attemptScope(), async ([{ instance }]) => {
        const error = await thrownBy((instance as RestClient).post('/away', { iban: 'DE00' }));
        expect(error).toBeInstanceOf(RestRequestError);
        expect(error).toMatchObject({ status: 307 });
        expect(other.received).toEqual([]);
      }),
    ));

  it('is refused also where the app wrote the adapter itself', async () => {
    const http = axios.getAdapter('http');
    await withRedirects(
      { status: 307, furniture: { axios: { adapter: (config) => http(config) } } },
      ({ other, target }) =>
        target.connect(attemptScope(), async ([{ instance }]) => {
          const error = (await thrownBy((instance as RestClient).post('/away', {}))) as Error;
          expect(error.message).toContain('which is another origin');
          expect(other.received).toEqual([]);
        }),
    );
  });
});

const HUGE = 100 * 1024 * 1024;

/** A server whose answers to /huge have 100 MB; tells how much of the last one it could send, and when its connection ended. */
async function withHugeAnswers(
  answer: (response: ServerResponse, url: string) => void,
  work: (location: {
    readonly url: string;
    readonly sent: () => number;
    readonly isClosed: () => boolean | undefined;
  }) => Promise<void>,
): Promise<void> {
  let socket: Socket | undefined;
  const server = createServer((request, response) => {
    ({ socket } = request);
    request.resume();
    answer(response, request.url ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    await work({
      url: `http://127.0.0.1:${port}`,
      sent: () => socket?.bytesWritten ?? 0,
      isClosed: () => socket?.destroyed,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function sendAll(response: ServerResponse, status: number, length: number): void {
  const piece = Buffer.alloc(64 * 1024, 'x');
  response.writeHead(status, { 'content-type': 'text/plain' });
  let left = length;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

describe.each(['http', 'fetch'] as const)('an answer, by the %s adapter', (adapter) => {
  const connected = (
    url: string,
    work: (client: RestClient, raw: AxiosInstance) => Promise<void>,
  ): Promise<void> =>
    new RestTargetSystem('crm', axios.create({ baseURL: url, adapter })).connect(attemptScope(), (clients) =>
      work(
        clients.find(({ token }) => token === RestClient)?.instance as RestClient,
        clients.find(({ token }) => token === AXIOS_CLIENT)?.instance as AxiosInstance,
      ),
    );

  it('that is a failure of 100 MB is not read to its end', () =>
    withHugeAnswers(
      (response) => sendAll(response, 500, HUGE),
      ({ url, sent }) =>
        connected(url, async (client, raw) => {
          const before = process.memoryUsage().rss;
          const error = (await thrownBy(client.get('/huge'))) as RestRequestError;
          expect(error).toMatchObject({ status: 500, body: `${'x'.repeat(499)}…` });
          expect(sent()).toBeLessThan(HUGE / 5);
          await thrownBy(raw.post('/huge', {}));
          expect(sent()).toBeLessThan(HUGE / 5);
          expect(process.memoryUsage().rss - before).toBeLessThan(HUGE / 2);
        }),
    ));

  it('that is a success is read whole, and given as it was asked for', () =>
    withHugeAnswers(
      (response, url) => {
        if (url === '/long') return sendAll(response, 200, 1024 * 1024);
        if (url === '/gzip')
          return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
        response.end('\uFEFF{"a":1}');
      },
      ({ url }) =>
        connected(url, async (client) => {
          expect((await client.get<string>('/long')).data).toHaveLength(1024 * 1024);
          expect((await client.get('/gzip')).data).toEqual({ a: 1 });
          const { data, config } = await client.get('/');
          expect(data).toEqual({ a: 1 });
          expect(config.responseType).toBeUndefined();
          const bytes = await client.get<Uint8Array>('/gzip', { responseType: 'arraybuffer' });
          expect(Buffer.from(bytes.data).toString()).toBe('{"a":1}');
        }),
    ));

  it('that is longer than maxContentLength allows leaves no connection open', () =>
    withHugeAnswers(
      (response) => sendAll(response, 200, HUGE),
      ({ url, isClosed }) =>
        connected(url, async (client) => {
          await expect(client.get('/huge', { maxContentLength: 1000 })).rejects.toThrow(/maxContentLength/);
          await eventually('the end of the connection', () => Promise.resolve(isClosed()), 5000);
        }),
    ));

  it('that stops in the middle of its body ends with the timeout, or with the connection', () =>
    withHugeAnswers(
      (response, url) => {
        response.writeHead(200, { 'content-length': 100 }).write('abc');
        if (url === '/broken') setTimeout(() => response.destroy(), 20);
      },
      ({ url }) =>
        connected(url, async (client) => {
          await expect(client.get('/stalled', { timeout: 200 })).rejects.toThrow(/timeout of 200 ?ms/);
          await expect(client.get('/broken')).rejects.toThrow(/got no answer/);
        }),
    ));
});
