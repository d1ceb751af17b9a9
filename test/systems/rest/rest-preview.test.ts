import { describe, expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import type { PreviewedOperation } from 'nestjs-flamingock';
import type { Clients } from 'nestjs-flamingock/kit';
import { AXIOS_CLIENT, type RestClient, type RestTargetSystem } from 'nestjs-flamingock/rest';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { withApi } from './rest-location.js';

const clientOf = (clients: Clients): RestClient => clients[0].instance as RestClient;
const axiosOf = (clients: Clients): AxiosInstance =>
  clients.find(({ token }) => token === AXIOS_CLIENT)?.instance as AxiosInstance;

async function previewed(target: RestTargetSystem, work: (clients: Clients) => Promise<unknown>) {
  const told: PreviewedOperation[] = [];
  const error: unknown = await target
    .preview(
      attemptScope(),
      (operation) => void told.push(operation),
      async (clients) => void (await work(clients)),
    )
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return { told, error };
}

describe('a preview of requests', () => {
  it('sends what only reads; tells and refuses the first that does not', () =>
    withApi({}, async ({ api, target }) => {
      const { told, error } = await previewed(target, async (clients) => {
        await clientOf(clients).get('/users');
        await clientOf(clients).post('/users?api_key=hidden', { name: 'Ann', password: 'hidden' });
      });
      expect(api.received.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /users']);
      expect(told).toEqual([
        { summary: `POST ${api.url}/users?api_key=*** {"name":"Ann","password":"***"}` },
      ]);
      expect(error).toMatchObject({
        message: expect.stringContaining(`is not known: POST ${api.url}/users?api_key=***`),
      });
    }));

  it('holds for the axios instance too, and for bodies that are no JSON', () =>
    withApi({}, async ({ api, target }) => {
      const { told } = await previewed(target, (clients) => axiosOf(clients).put('/file', Buffer.from('x')));
      const deleted = await previewed(target, (clients) => axiosOf(clients)({ method: 'delete', url: '/a' }));
      expect([...told, ...deleted.told].map(({ summary }) => summary)).toEqual([
        `PUT ${api.url}/file`,
        `DELETE ${api.url}/a`,
      ]);
      expect(api.received).toEqual([]);
    }));

  it('is over when it has ended', () =>
    withApi({}, async ({ target }) => {
      const kept: RestClient[] = [];
      await previewed(target, async (clients) => void kept.push(clientOf(clients)));
      await expect(kept[0]?.get('/late')).rejects.toThrow(/has ended/);
    }));
});
