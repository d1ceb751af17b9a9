import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import axios, { type AxiosInstance } from 'axios';
import { lastValueFrom } from 'rxjs';
import { AXIOS_CLIENT, RestClient, RestTargetSystem } from 'nestjs-flamingock/rest';
import { targetSystemContract, type Effect } from 'nestjs-flamingock/testing';
import { startApi } from './api-server.js';

const byClient =
  (work: (client: RestClient, url: string) => Promise<unknown>): Effect =>
  async ([{ instance }], name) =>
    void (await work(instance as RestClient, `/${name}`));

const byAxios =
  (work: (client: AxiosInstance, url: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(
      clients.find(({ token }) => token === AXIOS_CLIENT)?.instance as AxiosInstance,
      `/${name}`,
    ));

const byHttpService =
  (work: (client: HttpService, url: string) => Promise<unknown>): Effect =>
  async (clients, name) =>
    void (await work(
      clients.find(({ token }) => token === HttpService)?.instance as HttpService,
      `/${name}`,
    ));

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'rest',
    transactional: false,
    effects: {
      'RestClient.post': byClient((client, url) => client.post(url, {})),
      'RestClient.put': byClient((client, url) => client.put(url, {})),
      'RestClient.patch': byClient((client, url) => client.patch(url, {})),
      'RestClient.delete': byClient((client, url) => client.delete(url)),
      'RestClient.get': byClient((client, url) => client.get(url)),
      'RestClient.request': byClient((client, url) => client.request({ method: 'POST', url })),
      'axios()': byAxios((client, url) => client({ method: 'POST', url })),
      'axios(url)': byAxios((client, url) => client(url, { method: 'POST' })),
      'axios.request': byAxios((client, url) => client.request({ method: 'POST', url })),
      'axios.get': byAxios((client, url) => client.get(url)),
      'axios.post': byAxios((client, url) => client.post(url, {})),
      'axios.delete': byAxios((client, url) => client.delete(url)),
      'axios.postForm': byAxios((client, url) => client.postForm(url, { a: 'b' })),
      'axios.create().put': byAxios((client, url) => client.create({}).put(url, {})),
      'HttpService.post': byHttpService((client, url) => lastValueFrom(client.post(url, {}))),
      'HttpService.request': byHttpService((client, url) =>
        lastValueFrom(client.request({ method: 'PUT', url })),
      ),
      'HttpService.axiosRef': byHttpService((client, url) => client.axiosRef.patch(url, {})),
    },
    async createLocation() {
      const api = await startApi();
      const http = new HttpService(axios.create({ baseURL: api.url }));
      return {
        connect: async () => ({ target: new RestTargetSystem('crm', http), close: async () => {} }),
        effects: async () => api.received.map(({ url }) => url.slice(1)),
        drop: () => api.close(),
      };
    },
  },
);
