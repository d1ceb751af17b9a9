import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { RestClient, RestTargetSystem } from 'nestjs-flamingock/rest';
import { AttemptEndedError, LockLostError } from '../../../lib/core/model/errors.js';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import type { Answer } from './api-server.js';
import { type RestLocation, withApi } from './rest-location.js';

const never: Answer = () => {};

async function reached({ api }: RestLocation): Promise<void> {
  while (api.received.length === 0) await sleep(5);
}

describe('a request under way', () => {
  it("is cancelled by the attempt's signal, and throws why", () =>
    withApi({ answer: never }, async (location) => {
      const lost = new AbortController();
      const reason = new LockLostError('the lock was lost');
      await location.use(
        async (client) => {
          const request = client.post('/a');
          await reached(location);
          lost.abort(reason);
          await expect(request).rejects.toBe(reason);
        },
        { signal: lost.signal },
      );
    }));

  it("is cancelled by the change's own signal", () =>
    withApi({ answer: never }, async (location) => {
      await location.use(async (client) => {
        const own = new AbortController();
        const request = client.post('/a', {}, { signal: own.signal });
        await reached(location);
        own.abort();
        await expect(request).rejects.toThrow(/got no answer: ERR_CANCELED/);
      });
    }));

  it('is cancelled when the attempt fails', () =>
    withApi({ answer: never }, async (location) => {
      let forgotten: Promise<unknown> | undefined;
      const failing = location.use(async (client) => {
        forgotten = client.post('/a').catch((error: unknown) => error);
        await reached(location);
        throw new Error('the change failed');
      });
      await expect(failing).rejects.toThrow('the change failed');
      expect(await forgotten).toBeInstanceOf(AttemptEndedError);
    }));

  it('ends before the attempt does, when its await was forgotten', () =>
    withApi({ answer: (_, response) => void setTimeout(() => response.end('{}'), 50) }, async ({ use }) => {
      let answered = false;
      await use(async (client) => {
        void client.post('/a').then(() => (answered = true));
      });
      expect(answered).toBe(true);
    }));

  it('is sent although the signal fired before the attempt began: it is the rollback after a stop', () =>
    withApi({}, async ({ api, use }) => {
      await use((client) => client.delete('/a'), { signal: AbortSignal.abort() });
      expect(api.received).toHaveLength(1);
    }));
});

describe('RestTargetSystem', () => {
  it('makes the system of what the container has', async () => {
    const injected = RestTargetSystem.inject('crm', 'CRM_AXIOS', { idempotencyHeader: false });
    expect(injected).toMatchObject({ token: 'CRM_AXIOS', label: "RestTargetSystem 'crm'" });
    await withApi({}, async ({ api }) => {
      const target = injected.create(axios.create({ baseURL: api.url }));
      const { data, status } = await target.connect(attemptScope(), ([{ instance }]) =>
        (instance as RestClient).get<{ ok: boolean }>('/a'),
      );
      expect([status, data]).toEqual([200, { ok: true }]);
    });
  });

  it('sends nothing for a client that is used outside a change', async () => {
    await withApi({}, async ({ api, target }) => {
      const [{ instance }] = target.clients();
      await expect(async () => (instance as RestClient).get('/a')).rejects.toThrow(
        /'crm' was used outside any change/,
      );
      expect(api.received).toEqual([]);
    });
  });
});
