import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import axios, { type CreateAxiosDefaults } from 'axios';
import { type RestClient, RestRequestError, RestTargetSystem } from 'nestjs-flamingock/rest';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import type { Answer } from './api-server.js';
import { withApi } from './rest-location.js';

const SECRETS = [
  'bearer-s3cr3t',
  'cookie-s3cr3t',
  'key-s3cr3t',
  'query-s3cr3t',
  'param-s3cr3t',
  'user-s3cr3t',
  'pass-s3cr3t',
];

const WITH_SECRETS: CreateAxiosDefaults = {
  headers: { Authorization: 'Bearer bearer-s3cr3t', Cookie: 'sid=cookie-s3cr3t', 'X-Api-Key': 'key-s3cr3t' },
  params: { access_token: 'param-s3cr3t', page: 2 },
};

/** A server that repeats all that it was sent. */
const echo: Answer = ({ headers, url, body }, response) =>
  void response.writeHead(409).end(JSON.stringify({ reason: 'it is there', headers, url, body }));

async function failureOf(client: RestClient, url: string): Promise<RestRequestError> {
  const error: unknown = await client.post(url, { name: 'x' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RestRequestError);
  return error as RestRequestError;
}

function expectNoSecret(error: RestRequestError): void {
  for (const text of [
    error.message,
    error.stack ?? '',
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
  ])
    for (const secret of SECRETS) expect(text).not.toContain(secret);
}

describe('RestRequestError', () => {
  it('tells method, URL, status and what the answer says, and no secret, even when the answer repeats them', () =>
    withApi({ axios: WITH_SECRETS, answer: echo }, async ({ api, use }) => {
      const error = await use((client) => failureOf(client, '/users?api_key=query-s3cr3t&sort=name'));
      expect(error).toMatchObject({ method: 'POST', status: 409, code: 'TARGET_SYSTEM' });
      expect(error.url).toBe(`${api.url}/users?api_key=***&sort=name&access_token=***&page=2`);
      expect(error.message).toContain(
        `POST ${error.url} was answered by 409 Conflict: {"reason":"it is there"`,
      );
      expectNoSecret(error);
    }));

  it('tells of no answer, and no secret: neither of the URL nor of basic authentication', async () => {
    const auth = { username: 'user-s3cr3t', password: 'pass-s3cr3t' };
    const target = new RestTargetSystem('crm', axios.create({ ...WITH_SECRETS, auth }));
    const url = 'http://user-s3cr3t:pass-s3cr3t@127.0.0.1:1/a?token=query-s3cr3t';
    const error = await target.connect(attemptScope(), ([{ instance }]) =>
      failureOf(instance as RestClient, url),
    );
    expect(error.message).toMatch(
      /^POST http:\/\/\*\*\*@127\.0\.0\.1:1\/a\?token=\*\*\*&.* got no answer: ECONNREFUSED/,
    );
    expect(error.status).toBeUndefined();
    expectNoSecret(error);
  });

  it('tells no secret that an interceptor adds', async () => {
    await withApi({ answer: echo }, async ({ api }) => {
      const instance = axios.create({ baseURL: api.url });
      instance.interceptors.request.use((config) => {
        config.headers.set('Authorization', 'Bearer bearer-s3cr3t');
        return config;
      });
      const target = new RestTargetSystem('crm', instance);
      expectNoSecret(
        await target.connect(attemptScope(), ([client]) => failureOf(client.instance as RestClient, '/a')),
      );
      expect(api.received[0]?.headers.authorization).toBe('Bearer bearer-s3cr3t');
    });
  });

  it('keeps at most 500 characters of the answer', () =>
    withApi(
      { answer: (_, response) => void response.writeHead(500).end('x'.repeat(100_000)) },
      async ({ use }) => {
        const error = await use((client) => failureOf(client, '/a'));
        expect(error.body).toBe(`${'x'.repeat(499)}…`);
      },
    ));

  it('needs no answer body', () =>
    withApi({ answer: (_, response) => void response.writeHead(404).end() }, async ({ api, use }) => {
      const error = await use((client) => failureOf(client, '/a'));
      expect(error.message).toBe(`POST ${api.url}/a was answered by 404 Not Found`);
    }));
});
