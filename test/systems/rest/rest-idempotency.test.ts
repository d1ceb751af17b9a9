import { describe, expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import { AXIOS_CLIENT, type RestClient } from 'nestjs-flamingock/rest';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import type { ApiServer } from './api-server.js';
import { withApi } from './rest-location.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const keysOf = ({ received }: ApiServer): unknown[] =>
  received.map(({ headers }) => headers['idempotency-key']);

describe('the idempotency key', () => {
  it('is a UUID that differs between the calls of a change, its attempts, changes, runs and namespaces', () =>
    withApi({}, async ({ api, use }) => {
      const twice = async (client: RestClient) => {
        await client.post('/a');
        await client.post('/a');
      };
      await use(twice);
      await use(twice, { attempt: 2 });
      await use(twice, { changeId: 'another' });
      await use(twice, { executionId: 'another' });
      await use(twice, { namespace: 'another' });
      const keys = keysOf(api);
      expect(new Set(keys).size).toBe(10);
      for (const key of keys) expect(key).toMatch(UUID);
    }));

  it('goes on where the attempt ended when its rollback is given clients', () =>
    withApi({}, async ({ api, use }) => {
      await use((client) => client.post('/applied'));
      await use((client) => client.post('/rolled-back'));
      expect(new Set(keysOf(api)).size).toBe(2);
    }));

  it('can be told from what identifies the call: another process makes the same', () =>
    withApi({}, async (one) => {
      await withApi({}, async (other) => {
        await one.use((client) => client.post('/a'));
        await other.use((client) => client.post('/a'));
        expect(keysOf(one.api)).toEqual(keysOf(other.api));
      });
    }));

  it('is sent with what may change something, not with what reads', () =>
    withApi({}, async ({ api, use }) => {
      await use(async (client) => {
        await client.get('/a');
        await client.request({ url: '/a' });
        await client.put('/a');
        await client.patch('/a');
        await client.delete('/a');
        await client.request({ method: 'post', url: '/a' });
      });
      const [get, request, ...unsafe] = keysOf(api);
      expect([get, request]).toEqual([undefined, undefined]);
      expect(new Set(unsafe).size).toBe(4);
    }));

  it('has the name that the options give, or is not sent', () =>
    withApi({ idempotencyHeader: 'X-Request-Key' }, async ({ api, use }) => {
      await use((client) => client.post('/a', {}, { headers: { 'X-Other': '1' } }));
      expect(api.received[0]?.headers['x-request-key']).toMatch(UUID);
      expect(api.received[0]?.headers['x-other']).toBe('1');
      await withApi({ idempotencyHeader: false }, async (without) => {
        await without.use((client) => client.post('/a'));
        expect(keysOf(without.api)).toEqual([undefined]);
      });
    }));

  it('is the one that the change gives, if it does', () =>
    withApi({}, async ({ api, use }) => {
      await use((client) => client.post('/a', {}, { headers: { 'idempotency-key': 'mine' } }));
      expect(keysOf(api)).toEqual(['mine']);
    }));

  it('is sent by the axios instance too', () =>
    withApi({}, async ({ api, target }) => {
      await target.connect(attemptScope(), async (clients) => {
        const axios = clients.find(({ token }) => token === AXIOS_CLIENT)?.instance as AxiosInstance;
        await axios.post('/a');
        await axios({ method: 'post', url: '/a' });
        await axios.get('/a');
      });
      const [one, two, read] = keysOf(api);
      expect(one).toMatch(UUID);
      expect(two).toMatch(UUID);
      expect(two).not.toBe(one);
      expect(read).toBeUndefined();
    }));
});

describe('a retry', () => {
  it('of one call has the same key, whether there was no answer or one that says to try again', () =>
    withApi(
      {
        retries: 3,
        retryDelayMs: 1,
        answer: (_, response, count) => {
          if (count === 1) response.destroy();
          else response.writeHead(count === 2 ? 503 : 200).end('{}');
        },
      },
      async ({ api, use }) => {
        await use((client) => client.post('/a', { some: 'body' }));
        expect(keysOf(api)).toHaveLength(3);
        expect(new Set(keysOf(api)).size).toBe(1);
        expect(api.received.map(({ body }) => body)).toEqual(Array(3).fill('{"some":"body"}'));
      },
    ));

  it('of a call that timed out has the same key', () =>
    withApi(
      {
        retries: 1,
        retryDelayMs: 1,
        axios: { timeout: 100 },
        answer: (_, response, count) => {
          if (count === 2) response.end('{}');
        },
      },
      async ({ api, use }) => {
        await use((client) => client.post('/a'));
        expect(keysOf(api)).toHaveLength(2);
        expect(new Set(keysOf(api)).size).toBe(1);
      },
    ));

  it('is not made unless asked for, not for an answer that will not change, and ends', () =>
    withApi({ answer: (_, response) => void response.writeHead(503).end() }, async ({ api, use }) => {
      await use((client) => expect(client.post('/a')).rejects.toMatchObject({ status: 503 }));
      expect(api.received).toHaveLength(1);
      const refusing = { retries: 5, retryDelayMs: 1, answer: statusOf(422) };
      await withApi(refusing, async (location) => {
        await location.use((client) => expect(client.post('/a')).rejects.toMatchObject({ status: 422 }));
        expect(location.api.received).toHaveLength(1);
      });
      await withApi({ ...refusing, answer: statusOf(502) }, async (location) => {
        await location.use((client) => expect(client.post('/a')).rejects.toMatchObject({ status: 502 }));
        expect(location.api.received).toHaveLength(6);
      });
    }));

  it('is guarded: none is sent once the lease is lost', () =>
    withApi({ retries: 5, retryDelayMs: 1, answer: statusOf(503) }, async ({ api, use }) => {
      const guard = (): void => {
        if (api.received.length === 2) throw new Error('the lease was lost');
      };
      await use((client) => expect(client.post('/a')).rejects.toThrow('the lease was lost'), { guard });
      expect(api.received).toHaveLength(2);
    }));
});

function statusOf(status: number) {
  return (_: unknown, response: { writeHead(status: number): { end(): unknown } }) =>
    void response.writeHead(status).end();
}
