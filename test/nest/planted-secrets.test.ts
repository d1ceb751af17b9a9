import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';
import { DataSource } from 'typeorm';
import {
  Apply,
  type AuditStore,
  Change,
  Client,
  Flamingock,
  FlamingockError,
  type FlamingockOptions,
  type TargetSystem,
} from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem, PlainMemoryTargetSystem } from 'nestjs-flamingock/memory';
import { AXIOS_CLIENT, RestClient, RestTargetSystem } from 'nestjs-flamingock/rest';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { PLANTED, SECRET, UNSEEN } from '../unit/secret-shapes.js';
import { compiled } from './support/apps.js';
import { KeptLog } from './support/log.js';

interface Failure {
  readonly error: FlamingockError;
  /** The states that the audit has. */
  readonly states: readonly string[];
  readonly log: readonly string[];
  /** Everything that is printed, returned or kept. */
  readonly everything: string;
}

/** Boots an app with a change that fails, and gathers what that leaves for people. */
async function failureOf(change: new () => object, options: FlamingockOptions): Promise<Failure> {
  const log = new KeptLog();
  const app = await compiled({ providers: [change] }, options, log);
  const error: unknown = await app.init().catch((thrown: unknown) => thrown);
  if (!(error instanceof FlamingockError)) throw error;
  const entries = [];
  for await (const entry of app.get(Flamingock).history()) entries.push(entry);
  const printed = [inspect(error), inspect(error, { depth: 12, showHidden: true }), error.stack];
  const texts = [...log.lines, JSON.stringify(error.report), JSON.stringify(entries), ...printed];
  const states = entries.map(({ state }) => state);
  return { error, states, log: log.lines, everything: texts.join('\n') };
}

function throwing(thrown: unknown): new () => object {
  @Change({ id: 'fails', order: '0001', author: 'team', targetSystem: 'there', rollback: 'none' })
  class Fails {
    @Apply()
    apply(): Promise<void> {
      // oxlint-disable-next-line prefer-promise-reject-errors -- apps throw anything
      return Promise.reject(thrown);
    }
  }
  return Fails;
}

const on = (auditStore: AuditStore, target: TargetSystem): FlamingockOptions => ({
  auditStore,
  targetSystems: [target],
});

const PLACES: Readonly<Record<string, () => Promise<FlamingockOptions>>> = {
  'memory, transactional': async () => on(new MemoryAuditStore(), new MemoryTargetSystem('there')),
  'memory, plain': async () => on(new MemoryAuditStore(), new PlainMemoryTargetSystem('there')),
  REST: async () => on(new MemoryAuditStore(), new RestTargetSystem('there', axios.create())),
  'SQLite by TypeORM': async () => {
    const dataSource = await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
    return on(new TypeOrmAuditStore(dataSource), new TypeOrmTargetSystem('there', dataSource));
  },
};

/** The ways in which a text gets into what is thrown. */
const THROWN: readonly ((text: string) => unknown)[] = [
  (text) => new Error(text),
  (text) => text,
  (text) => new Error('outer', { cause: new TypeError(text) }),
  (text) => Object.assign(new AggregateError([new Error(text)], 'several'), { sql: text, code: 'E_X' }),
  (text) => ({ response: { text }, config: { headers: { authorization: text } } }),
];

/** All of them where the audit is a database; a few elsewhere, for a test has to pay for its seconds. */
const shapesOn = (name: string): [string, string][] =>
  Object.entries(PLANTED).filter((_, index) => name.startsWith('SQLite') || index % 5 === name.length % 5);

describe.each(Object.entries(PLACES))('on %s', (name, place) => {
  it.each(shapesOn(name))('nothing shows a planted secret: %s', async (__, text) => {
    const { everything, states } = await failureOf(throwing(THROWN[text.length % 3]!(text)), await place());
    expect(states).toContain('FAILED');
    for (const secret of UNSEEN) expect(everything).not.toContain(secret);
  });

  it('nor however it is thrown', async () => {
    for (const wrap of THROWN) {
      const options = await place();
      const { everything } = await failureOf(throwing(wrap(`{ password: '${SECRET}' }`)), options);
      expect(everything).not.toContain(SECRET);
    }
  });
});

@Change({ id: 'calls', order: '0001', author: 'team', targetSystem: 'there', rollback: 'none' })
class CallsWithAxios {
  @Apply()
  async apply(@Client(AXIOS_CLIENT) client: AxiosInstance): Promise<void> {
    await client.post('/pay', { iban: SECRET }, { headers: { 'X-Any': SECRET } });
  }
}

@Change({ id: 'calls', order: '0001', author: 'team', targetSystem: 'there', rollback: 'none' })
class CallsWithRest {
  @Apply()
  async apply(client: RestClient): Promise<void> {
    await client.post('/pay', { password: SECRET }, { headers: { 'X-Api-Key': SECRET } });
  }
}

describe('a failed request of a real server that echoes all', () => {
  it.each([CallsWithAxios, CallsWithRest])('shows nothing of headers and body: %p', async (change) => {
    const server = createServer((request, response) => {
      request.pipe(response.writeHead(500, { 'x-echo': `Bearer ${SECRET}` }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const instance = axios.create({
        baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        headers: { Authorization: `Bearer ${SECRET}`, Cookie: `a=${SECRET}` },
      });
      const options = on(new MemoryAuditStore(), new RestTargetSystem('there', instance));
      const { everything, error } = await failureOf(change, options);
      expect(everything).toContain('500');
      expect(everything).not.toContain(SECRET);
      if (change === CallsWithAxios) expect(axios.isAxiosError(error.cause)).toBe(true);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

const circular = new Error('in a circle');
circular.cause = circular;

/** Errors at which whoever looks fails. */
const HOSTILE_ERRORS: Readonly<Record<string, readonly [unknown, RegExp]>> = {
  'a getter for the message': [
    Object.defineProperty(new Error('x'), 'message', { get: () => fail('message') }),
    /cannot be read/,
  ],
  'a getter for the stack': [
    Object.defineProperty(new Error('told'), 'stack', { get: () => fail('stack') }),
    /told/,
  ],
  'a getter for the cause': [
    Object.defineProperty(new Error('told'), 'cause', { get: () => fail('cause') }),
    /told/,
  ],
  'a proxy that refuses everything': [
    new Proxy(new Error('x'), { get: () => fail('get'), getPrototypeOf: () => fail('prototype') }),
    /x/,
  ],
  'a frozen one': [Object.freeze(new Error('cold')), /cold/],
  'one in a circle': [circular, /in a circle/],
  'an object that cannot be shown': [{ [inspect.custom]: () => fail('custom') }, /cannot be shown/],
  'an object without prototype': [Object.assign(Object.create(null) as object, { a: 7 }), /a: 7/],
};

function fail(what: string): never {
  throw new Error(`nobody reads my ${what}`);
}

describe('an error that defends itself', () => {
  it.each(Object.entries(HOSTILE_ERRORS))('is recorded and told: %s', async (_, [thrown, told]) => {
    for (const place of Object.values(PLACES)) {
      const { error, states } = await failureOf(throwing(thrown), await place());
      expect(states).toContain('FAILED');
      expect(error.message).toMatch(told);
      expect(error.report?.changes[0]?.error).toMatch(told);
    }
  });
});

it('a line of the log is forged neither by an error nor by an id', async () => {
  const forged = '\r\n\u001b[2K[Nest] 1 - LOG all is well\u2028\u202e\u0085';
  @Change({ id: `a${forged}`, order: '0001', author: 'team', targetSystem: 'there', rollback: 'none' })
  class Forges {
    @Apply()
    apply(): void {
      throw new Error(`no${forged}`);
    }
  }
  const { log, error } = await failureOf(Forges, await PLACES['memory, plain']!());
  expect(log.join()).toContain('all is well');
  for (const text of [error.message, error.stack ?? '', ...log])
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(text).not.toMatch(/[\r\u001b\u2028\u202e\u0085]|^\[Nest\]/m);
});

it('an error of many megabytes is cut, and says so', async () => {
  const { error, everything } = await failureOf(
    throwing(new Error('x '.repeat(8_500_000))),
    await PLACES['memory, plain']!(),
  );
  expect(error.report?.changes[0]?.error).toMatch(/… cut: 17 MB of text\n\s+at /);
  expect(everything.length).toBeLessThan(2_000_000);
});
