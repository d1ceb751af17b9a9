import { describe, expect, it } from '@jest/globals';
import { Compatibility } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import { IncompatibleSchemaError } from 'nestjs-flamingock/schema-registry';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { preview, undo } from '../../../lib/testing/recipes/attempt.js';
import { allVersions, newSubject, put, setLevel, stateOf, userSchema } from './support/registry.js';
import { startProxy } from './support/registry-proxy.js';
import { libraryOf, registryOf, targetOn, use } from './support/use.js';

const target = targetOn();
const ID = userSchema();
const AGE = userSchema({ name: 'age', type: 'int' });
const STATUS = userSchema({ name: 'status', type: 'string', default: 'new' });

const TYPES = {
  AVRO: { old: ID, next: STATUS, bad: AGE, why: /age at \/fields\/1/ },
  JSON: {
    old: { schema: { type: 'object', properties: { age: { type: 'string' } } } },
    next: { schema: { type: 'object', properties: { age: { type: ['string', 'null'] } } } },
    bad: { schema: { type: 'object', properties: { age: { type: 'integer' } } } },
    why: /type changed at \/properties\/age/,
  },
  PROTOBUF: {
    old: { schema: 'syntax = "proto3";\nmessage User { string id = 1; }\n' },
    next: { schema: 'syntax = "proto3";\nmessage User { string id = 1; string status = 2; }\n' },
    bad: { schema: 'syntax = "proto3";\nmessage User { int32 id = 1; }\n' },
    why: /before: string , after int32/,
  },
} as const;

async function refusal(work: Promise<unknown>): Promise<IncompatibleSchemaError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof IncompatibleSchemaError) return error;
  throw new Error('it was not refused as incompatible', { cause: error });
}

describe('a schema', () => {
  it.each(['AVRO', 'JSON', 'PROTOBUF'] as const)(
    'of type %s is registered, found and read',
    async (type) => {
      const { old, next, bad, why } = TYPES[type];
      const subject = newSubject(type);
      await use(target, async (registry) => {
        const first = await registry.register(subject, { ...old, schemaType: type });
        expect(first).toEqual({ subject, version: 1, id: expect.any(Number) });
        expect(await registry.register(subject, { ...old, schemaType: type })).toEqual(first);
        expect(await registry.isRegistered(subject, { ...next, schemaType: type })).toBe(false);
        const second = await registry.register(subject, { ...next, schemaType: type });
        expect(await registry.isRegistered(subject, { ...next, schemaType: type })).toBe(true);
        expect(await registry.latest(subject)).toMatchObject({ ...second, version: 2 });
        const { message } = await refusal(registry.register(subject, { ...bad, schemaType: type }));
        expect(message).toMatch(`not compatible with version 2 of '${subject}' at level BACKWARD`);
        expect(message).toMatch(why);
        expect(await registry.versions(subject)).toEqual([1, 2]);
      });
    },
    60_000,
  );

  it('uses others by references, which keep those from being deleted', async () => {
    const [address, customer] = [newSubject('address'), newSubject('customer')];
    const street = { type: 'record', name: 'shop.Address', fields: [{ name: 'street', type: 'string' }] };
    const schema = {
      type: 'record',
      name: 'shop.Customer',
      fields: [{ name: 'home', type: 'shop.Address' }],
    };
    const references = [{ name: 'shop.Address', subject: address, version: 1 }];
    await use(target, async (registry) => {
      await registry.register(address, { schema: street });
      const { id } = await registry.register(customer, { schema, references });
      await registry.register(address, { schema: { ...street, doc: 'where somebody lives' } });
      const next = [{ name: 'shop.Address', subject: address, version: 2 }];
      const [noted] = await preview(target, (clients) =>
        registryOf(clients).register(customer, { schema, references: next }),
      );
      expect(noted?.differences).toEqual([
        { what: `latest version of '${customer}'`, from: 'version 1', to: 'version 2' },
        {
          what: "reference 'shop.Address'",
          from: `version 1 of '${address}'`,
          to: `version 2 of '${address}'`,
        },
      ]);
      expect(await registry.isRegistered(customer, { schema, references })).toBe(true);
      expect(await registry.latest(customer)).toMatchObject({ references });
      for (const deleting of [registry.deleteVersion(address, 1), registry.deleteSubject(address)])
        await expect(deleting).rejects.toThrow(
          `Version 1 of '${address}' can't be deleted: schemas refer to it, with the ids ${id}`,
        );
      const wrong = [{ name: 'shop.Address', subject: address, version: 7 }];
      await expect(registry.register(newSubject(), { schema, references: wrong })).rejects.toThrow(
        /answered by 422 \(code 42201\): .*reference/i,
      );
    });
  });

  it('is checked with its references, when it is registered at the latest', async () => {
    const [address, customer] = [newSubject('address'), newSubject('customer')];
    const home = { name: 'home', type: 'shop.Address' };
    const references = [{ name: 'shop.Address', subject: address, version: 1 }];
    const withField = (field?: object) => ({
      schema: { type: 'record', name: 'shop.Customer', fields: field ? [home, field] : [home] },
      references,
    });
    await use(target, async (registry) => {
      await registry.register(address, { schema: { type: 'record', name: 'shop.Address', fields: [] } });
      await registry.register(customer, withField(), { compatibility: 'BACKWARD' });
      await expect(
        registry.register(customer, withField({ name: 'email', type: 'string' })),
      ).rejects.toMatchObject({
        name: 'IncompatibleSchemaError',
        message: expect.stringMatching(/not compatible with version 1 .* nothing was registered:\n {2}- .+/),
      });
      expect(await registry.versions(customer)).toEqual([1]);
      await registry.register(customer, withField({ name: 'email', type: 'string', default: '' }));
      expect(await registry.versions(customer)).toEqual([1, 2]);
    });
  });

  it('that was there before is not taken back', async () => {
    const subject = newSubject();
    await put(subject, ID);
    const scope = attemptScope({ executionId: subject });
    await use(
      target,
      async (registry) => {
        await registry.register(subject, ID);
        await registry.register(subject, STATUS, { compatibility: 'FULL' });
        await registry.register(subject, ID);
      },
      scope,
    );
    await undo(target, scope);
    expect(await stateOf(subject)).toEqual({ versions: [1], level: { compatibilityLevel: 'BACKWARD' } });
    expect(await allVersions(subject)).toEqual([1, 2]);
  });

  it('is read past the caches of the library, which are told what has changed', async () => {
    const subject = newSubject('a/b');
    const text = { schema: JSON.stringify(ID.schema) };
    await use(target, async (registry, clients) => {
      const library = libraryOf(clients);
      await library.register(subject, text);
      await registry.register(subject, STATUS);
      expect(await library.getLatestSchemaMetadata(subject)).toMatchObject({ version: 2 });
      await registry.deleteSubject(subject);
      expect(await registry.isRegistered(subject, text)).toBe(false);
      await library.register(subject, text);
      expect(await registry.versions(subject)).toEqual([3]);
    });
  });

  it('has a subject with a name, and a level that there is', async () => {
    await use(target, async (registry) => {
      await expect(async () => registry.register(' ', ID)).rejects.toThrow('blank name');
      const wrong = 'full' as Compatibility.FULL;
      await expect(async () => registry.ensureCompatibility(newSubject(), wrong)).rejects.toThrow(
        /'full' is not a level[^]*one of NONE, BACKWARD/,
      );
    });
  });
});

describe('the level that comes with a schema', () => {
  it.each([
    ['NONE', AGE, ['PUT /config', 'POST /subjects']],
    ['FULL', STATUS, ['POST /subjects', 'PUT /config']],
  ] as const)('%s is set before it when looser, after it when tighter', async (level, schema, order) => {
    const subject = newSubject();
    await put(subject, ID);
    const proxy = await startProxy();
    await use(targetOn({ baseURLs: [proxy.url] }), (registry) =>
      registry.register(subject, schema, { compatibility: Compatibility[level] }),
    );
    await proxy.down();
    const writes = proxy.passed
      .filter(({ method, path }) => method === 'PUT' || path.endsWith('/versions'))
      .filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method, path }) => `${method} /${path.split('/')[1]}`)).toEqual(order);
    expect(await stateOf(subject)).toEqual({ versions: [1, 2], level: { compatibilityLevel: level } });
  });

  it('is put back when the schema is refused under it too', async () => {
    const subject = newSubject();
    await put(subject, ID);
    await setLevel(subject, 'FULL');
    const bad = { schema: { ...ID.schema, fields: [{ name: 'id', type: 'int' }] } };
    const { level } = await refusal(
      use(target, (registry) => registry.register(subject, bad, { compatibility: 'FORWARD' })),
    );
    expect(level).toBe('FORWARD');
    expect(await stateOf(subject)).toEqual({ versions: [1], level: { compatibilityLevel: 'FULL' } });
  });

  it('is put back when the registration gets no answer; when that fails too, the error says how it stands', async () => {
    const subject = newSubject();
    await put(subject, ID);
    const proxy = await startProxy(({ method, path }) =>
      method === 'POST' && path.endsWith('/versions') ? 'cut' : undefined,
    );
    const broken = targetOn({ baseURLs: [proxy.url] });
    const register = (): Promise<unknown> =>
      use(broken, (registry) => registry.register(subject, AGE, { compatibility: 'NONE' }));
    await expect(register()).rejects.toThrow(/POST \/subjects\/\S+ got no answer: .*ECONNRESET/);
    const before = { versions: [1], level: { compatibilityLevel: 'BACKWARD' } };
    expect(await stateOf(subject)).toEqual(before);
    const { intercept } = proxy;
    proxy.intercept = (request) => (request.method === 'DELETE' ? 'cut' : intercept(request));
    await expect(register()).rejects.toThrow(
      /was set to NONE and could not be put back [^]* after: POST [^]*set it back to none of its own, so that BACKWARD counts/,
    );
    await proxy.down();
  });
});

describe('a preview', () => {
  it('tells differences, the level, and what would be refused', async () => {
    const subject = newSubject();
    await put(subject, ID);
    const [noted] = await preview(target, (clients) =>
      registryOf(clients).register(subject, STATUS, { compatibility: 'FULL' }),
    );
    expect(noted).toEqual({
      summary: `register AVRO schema in '${subject}' (FULL)`,
      differences: [
        { what: `latest version of '${subject}'`, from: 'version 1', to: 'version 2' },
        { what: 'fields.status.name', to: '"status"' },
        { what: 'fields.status.type', to: '"string"' },
        { what: 'fields.status.default', to: '"new"' },
        { what: `compatibility of '${subject}'`, from: "BACKWARD (the registry's)", to: 'FULL' },
      ],
    });
    await expect(preview(target, (clients) => registryOf(clients).register(subject, AGE))).rejects.toThrow(
      IncompatibleSchemaError,
    );
  });

  it('lets the client of the library read, and refuses what it would write', async () => {
    const subject = newSubject();
    const text = { schema: JSON.stringify(ID.schema) };
    await put(subject, ID);
    await preview(target, async (clients) => {
      const library = libraryOf(clients);
      expect(await library.getLatestSchemaMetadata(subject)).toMatchObject({ version: 1 });
      expect(await library.getVersion(subject, text)).toBe(1);
      expect(await library.testSubjectCompatibility(subject, text)).toBe(true);
      for (const write of [
        () => library.register(newSubject(), text),
        () => library.updateCompatibility(subject, Compatibility.NONE),
        () => library.deleteSubject(subject),
      ])
        await expect(write()).rejects.toThrow(/can't be previewed[^]*use the client SchemaRegistry/);
    });
    expect(await stateOf(subject)).toEqual({ versions: [1], level: { compatibilityLevel: 'BACKWARD' } });
  });
});
