import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { DataSource } from 'typeorm';
import { Apply, Change, type FlamingockOptions } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem, PlainMemoryTargetSystem } from 'nestjs-flamingock/memory';
import { RestTargetSystem } from 'nestjs-flamingock/rest';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { failureOf, on, throwing } from './support/failure.js';

const PLACES: Readonly<Record<string, () => Promise<FlamingockOptions>>> = {
  'memory, transactional': async () => on(new MemoryAuditStore(), new MemoryTargetSystem('there')),
  'memory, plain': async () => on(new MemoryAuditStore(), new PlainMemoryTargetSystem('there')),
  REST: async () => on(new MemoryAuditStore(), new RestTargetSystem('there', axios.create())),
  'SQLite by TypeORM': async () => {
    const dataSource = await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
    return on(new TypeOrmAuditStore(dataSource), new TypeOrmTargetSystem('there', dataSource));
  },
};

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
    for (const location of Object.values(PLACES)) {
      const { error, states } = await failureOf(throwing(thrown), await location());
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
