import { describe, expect, it } from '@jest/globals';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import {
  IncompatibleSchemaError,
  SchemaRegistryError,
  SchemaRegistryTargetSystem,
} from 'nestjs-flamingock/schema-registry';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { undo } from '../../../lib/testing/recipes/attempt.js';
import { allVersions, newSubject, put, stateOf, url, userSchema } from './support/registry.js';
import { type Intercept, type Passing, startProxy } from './support/registry-proxy.js';
import { libraryOf, targetOn, use } from './support/use.js';

const DEAD = 'http://127.0.0.1:9';
const SECRET = 'alice:wonderland-42';
const TOKEN = 'a-token-of-some-length';

const isRegistration = ({ method, path }: Passing): boolean =>
  method === 'POST' && path.endsWith('/versions');

describe('a request', () => {
  it.each([
    ['first', () => [DEAD, url()]],
    ['second', () => [url(), DEAD]],
  ])('needs one URL that answers, also when the %s is dead', async (_, baseURLs) => {
    const subject = newSubject();
    await use(targetOn({ baseURLs: baseURLs(), maxRetries: 0 }), (registry) =>
      registry.register(subject, userSchema()),
    );
    expect(await allVersions(subject)).toEqual([1]);
  });

  it.each([
    ['Basic', `Basic ${Buffer.from(SECRET).toString('base64')}`],
    ['Bearer', `Bearer ${TOKEN}`],
  ])('carries the credentials of the client: %s', async (scheme, expected) => {
    const denied = { status: 401, body: { error_code: 401, message: 'Unauthorized' } };
    const proxy = await startProxy(({ authorization }) => (authorization === expected ? undefined : denied));
    const baseURLs = [proxy.url];
    const credentials =
      scheme === 'Basic'
        ? { basicAuthCredentials: { credentialsSource: 'USER_INFO' as const, userInfo: SECRET } }
        : {
            bearerAuthCredentials: {
              credentialsSource: 'STATIC_TOKEN' as const,
              token: TOKEN,
              logicalCluster: 'lsrc-1',
              identityPoolId: 'pool-1',
            },
          };
    const subject = newSubject();
    await use(targetOn({ baseURLs, ...credentials }), async (registry, clients) => {
      await registry.register(subject, userSchema());
      expect(await libraryOf(clients).getAllVersions(subject)).toEqual([1]);
    });
    const stranger = use(targetOn({ baseURLs }), (registry) => registry.latest(subject));
    await expect(stranger).rejects.toThrow(/answered by 401: Unauthorized[^]*basicAuthCredentials/);
    await proxy.down();
  });

  it('that is not answered is an error without secrets, and one answer more makes it good', async () => {
    const proxy = await startProxy();
    const target = targetOn({
      baseURLs: [proxy.url],
      basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: SECRET },
    });
    const subject = newSubject();
    const register = (): Promise<unknown> =>
      use(target, (registry) => registry.register(subject, userSchema()));
    await proxy.down();
    const error = await register().catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/POST \/subjects\/\S+ got no answer: .*ECONNREFUSED/);
    expect(JSON.stringify(error)).not.toMatch(/alice|Basic/);
    await proxy.up();
    await register();
    await register();
    await proxy.down();
    expect(await allVersions(subject)).toEqual([1]);
  });

  it('whose answer is lost is sent again, and registers once', async () => {
    const subject = newSubject();
    const proxy = await startProxy();
    let lost = 0;
    proxy.intercept = (request) => (isRegistration(request) && lost++ === 0 ? 'mute' : undefined);
    await use(targetOn({ baseURLs: [proxy.url] }), (registry) => registry.register(subject, userSchema()));
    await proxy.down();
    expect(lost).toBe(2);
    expect(await allVersions(subject)).toEqual([1]);
  });

  it('that is refused for a moment is sent again, and registers once', async () => {
    const subject = newSubject();
    const proxy = await startProxy();
    let refused = 0;
    const busy = { status: 429, body: { error_code: 429, message: 'Too many requests' } };
    proxy.intercept = (request) => (isRegistration(request) && refused++ === 0 ? busy : undefined);
    await use(targetOn({ baseURLs: [proxy.url] }), (registry) => registry.register(subject, userSchema()));
    await proxy.down();
    expect(await allVersions(subject)).toEqual([1]);
  });

  it('is not waited for longer than it may take', async () => {
    const proxy = await startProxy(() => 'hold');
    const target = targetOn({ baseURLs: [proxy.url], maxRetries: 0 }, { answerWithin: '50ms' });
    const looking = use(target, (registry) => registry.latest(newSubject()));
    await expect(looking).rejects.toThrow(/got no answer: .*timeout of 50ms exceeded/);
    await proxy.down();
  });

  it('is cancelled when the attempt fails without it, also one of the library', async () => {
    const proxy = await startProxy(() => 'hold');
    const target = targetOn({ baseURLs: [proxy.url] });
    const forgotten: Promise<unknown>[] = [];
    const failing = use(target, async (registry, clients) => {
      forgotten.push(registry.latest(newSubject()), libraryOf(clients).getAllSubjects());
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    for (const request of forgotten) await expect(request).rejects.toThrow(/its request was cancelled/);
    await proxy.down();
  });
});

describe('a deletion that is refused', () => {
  const STATUS = userSchema({ name: 'status', type: 'string', default: 'new' });
  const REFUSED = { status: 403, body: { error_code: 40301, message: 'Denied' } };

  /** Lets the deletions pass that are named by `pass`, and refuses those that follow. */
  const refusing = (status: number, ...pass: readonly ('pass' | 'mute')[]): Intercept => {
    const rest = [...pass];
    return ({ method }) => {
      if (method !== 'DELETE') return undefined;
      const next = rest.shift();
      return next === undefined ? { ...REFUSED, status } : next === 'mute' ? 'mute' : undefined;
    };
  };

  /** A registration and a deletion in one attempt. @returns its undoing, not begun */
  async function attempt(intercept: Intercept, permanent: boolean, what: 'subject' | 'version') {
    const [old, made] = [newSubject('old'), newSubject('made')];
    await put(old, userSchema());
    const proxy = await startProxy(intercept);
    const scope = attemptScope({ executionId: old });
    const target = targetOn({ baseURLs: [proxy.url] });
    const deleting = use(
      target,
      async (registry) => {
        await registry.register(made, STATUS);
        if (what === 'subject') await registry.deleteSubject(old, { permanent });
        else await registry.deleteVersion(old, 1, { permanent });
      },
      scope,
    );
    const error: unknown = await deleting.catch((thrown: unknown) => thrown);
    proxy.intercept = () => undefined;
    return {
      error,
      undoing: () => undo(target, scope),
      states: async () => ({ old: (await stateOf(old)).versions, made: (await stateOf(made)).versions }),
      end: () => proxy.down(),
    };
  }

  it.each(['subject', 'version'] as const)('of a %s is nothing to put back', async (what) => {
    for (const status of [401, 403, 404, 422])
      for (const permanent of [false, true]) {
        const { error, undoing, states, end } = await attempt(refusing(status), permanent, what);
        expect(error).toBeInstanceOf(SchemaRegistryError);
        expect(error).toMatchObject({ status, reason: 'Denied; nothing was deleted' });
        await undoing();
        expect(await states()).toEqual({ old: [1], made: [] });
        await end();
      }
  });

  it.each([
    ['at its second step', 'pass', true],
    ['after an answer was lost', 'mute', false],
  ] as const)('%s stands as done', async (_, first, permanent) => {
    for (const what of ['subject', 'version'] as const) {
      const { error, undoing, states, end } = await attempt(refusing(403, first), permanent, what);
      expect(error).toMatchObject({ status: 403, reason: 'Denied' });
      await expect(undoing()).rejects.toThrow(/delete (version 1 of|subject) 'old-/);
      expect(await states()).toMatchObject({ old: [] });
      await end();
    }
  });
});

describe('reasons against a schema', () => {
  // Apicurio's check has none; this is the form in which Confluent's registry gives them.
  it('are shown as the check gives them, and nothing is sent to be refused', async () => {
    const subject = newSubject();
    await put(subject, userSchema());
    const messages = [
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', additionalInfo:'age'}",
      'x'.repeat(600),
    ];
    const proxy = await startProxy(({ path }) =>
      path.startsWith('/compatibility')
        ? { status: 200, body: { is_compatible: false, messages } }
        : undefined,
    );
    const registering = use(targetOn({ baseURLs: [proxy.url] }), async (registry) => {
      const schema = userSchema({ name: 'age', type: 'int' });
      expect(await registry.check(subject, schema)).toMatchObject({ compatible: false });
      await registry.register(subject, schema);
    });
    await expect(registering).rejects.toThrow(IncompatibleSchemaError);
    await expect(registering).rejects.toThrow(/ {2}- \{errorType:'READER_FIELD[^]* {2}- x{499}…/);
    await proxy.down();
    expect(proxy.passed.filter(isRegistration)).toEqual([]);
  });
});

describe('a client', () => {
  it('without requests is refused', () => {
    const mock = SchemaRegistryClient.newClient({ baseURLs: ['mock://'] });
    expect(() => new SchemaRegistryTargetSystem('schemas', mock)).toThrow(
      /'schemas' sends no requests: it is a MockClient[^]*SchemaRegistryClient of @confluentinc/,
    );
  });
});
