import { describe, expect, it } from '@jest/globals';
import { injectable, injectableFrom, injectableTarget } from '../../lib/core/kit/injectable.js';
import type { Injected, InjectionTokenOf } from '../../lib/core/model/injected.js';

interface Options {
  readonly namespace: string;
}

class Client {
  readonly url = 'db://a';
}

class Store {
  constructor(
    readonly client: Client | string,
    readonly options?: Options,
  ) {}
}

class Target {
  constructor(
    readonly id: string,
    readonly client: Client,
    readonly options?: Options,
  ) {}
}

class StrictTarget {
  constructor(
    readonly id: string,
    readonly client: Client,
    readonly options: Options,
  ) {}
}

/** `true` only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : 'they differ';
type Token<C> = InjectionTokenOf<C>;

const ofStore = injectable(Store, 'Store', Client);
const ofTarget = injectableTarget(Target, 'Target', Client);
const ofStrict = injectableTarget(StrictTarget, 'StrictTarget');
const client = new Client();

/** Checked by the compiler: what `inject` takes and returns is as exact as if each class had written it out. */
const TYPES: readonly [
  Same<
    typeof ofStore,
    (token?: Token<Client | string>, options?: Options) => Injected<Store, Client | string>
  >,
  Same<typeof ofTarget, (id: string, token?: Token<Client>, options?: Options) => Injected<Target, Client>>,
  Same<
    typeof ofStrict,
    (id: string, token: Token<Client>, options: Options) => Injected<StrictTarget, Client>
  >,
] = [true, true, true];

describe('inject', () => {
  it('has the exact types of the constructor', () => expect(TYPES).toHaveLength(3));

  it("of a store falls back on the client's own token", () => {
    expect(ofStore()).toMatchObject({ token: Client, label: 'Store' });
    expect(ofStore('OPS', { namespace: 'shop' }).create(client)).toEqual(
      new Store(client, { namespace: 'shop' }),
    );
  });

  it('of a target system names its id', () => {
    expect(ofTarget('users')).toMatchObject({ token: Client, label: "Target 'users'" });
    expect(ofTarget('users', 'OPS').token).toBe('OPS');
    expect(ofStrict('users', Client, { namespace: 'shop' }).create(client)).toEqual(
      new StrictTarget('users', client, { namespace: 'shop' }),
    );
  });

  it('of what a function makes hands over client and options', () => {
    const open = (url: string, table = 'own') => `${url}/${table}`;
    const inject = injectableFrom(open, 'a history', 'URL');
    expect([inject().create('db'), inject('URL', 'other').create('db')]).toEqual(['db/own', 'db/other']);
  });
});
