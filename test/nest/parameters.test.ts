import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type ModuleMetadata, Scope } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import {
  Apply,
  Change,
  ChangeContext,
  type ChangeOptions,
  Client,
  Rollback,
  Verify,
} from 'nestjs-flamingock';
import type { Clients, TargetSystem } from 'nestjs-flamingock/kit';
import { explore } from '../../lib/nest/explore/explorer.js';
import { compiled } from './support/apps.js';

const SOUND: ChangeOptions = { id: 'add-status', order: '0001', author: 'team', targetSystem: 'db' };
const NAMED = Symbol('named');

class Manager {
  constructor(readonly age: 'sample' | 'live') {}
}
class SpecialManager extends Manager {}
class Pool {
  constructor(readonly age: 'sample' | 'live') {}
}
interface Session {
  readonly session: string;
}

const clientsOf = (age: 'sample' | 'live'): Clients => [
  { token: 'session', instance: { session: age } },
  { token: Manager, instance: new SpecialManager(age) },
  { token: NAMED, instance: `named ${age}` },
  { token: 'pool', instance: new Pool(age) },
];

const target: TargetSystem = {
  id: 'db',
  kind: 'by hand',
  transactional: true,
  clients: () => clientsOf('sample'),
  connect: (_, work) => work(clientsOf('live')),
};

const CONTEXT: ChangeContext = {
  changeId: 'add-status',
  executionId: 'execution-1',
  attempt: 1,
  signal: new AbortController().signal,
  logger: { log: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined },
  progress: () => undefined,
};

/** Resolves the parameters of a change on the target above. */
async function explored(metadata: ModuleMetadata) {
  const app = await compiled(metadata);
  const { changes, problems } = await explore(app.get(ModulesContainer), {
    stages: ['default'],
    targets: [target],
  });
  return { change: changes[0], problems };
}

/** Calls `apply` of the only change with live clients, and gives what it returns. */
async function applied(metadata: ModuleMetadata): Promise<unknown> {
  const { change, problems } = await explored(metadata);
  expect(problems).toEqual([]);
  return change?.apply.invoke(clientsOf('live'), CONTEXT);
}

describe('clients', () => {
  it('@Client() is the main client, @Client(token) the one of that name', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(
        @Client('pool') pool: unknown,
        @Client() main: unknown,
        @Client(NAMED) named: unknown,
        @Client(Manager) manager: unknown,
      ) {
        return [pool, main, named, manager];
      }
    }
    expect(await applied({ providers: [AddStatus] })).toEqual([
      new Pool('live'),
      { session: 'live' },
      'named live',
      new SpecialManager('live'),
    ]);
  });

  it('a type is matched by instanceof, also against a subclass and under another token', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(pool: Pool, manager: Manager, special: SpecialManager) {
        return [pool, manager, special];
      }
    }
    expect(await applied({ providers: [AddStatus] })).toEqual([
      new Pool('live'),
      new SpecialManager('live'),
      new SpecialManager('live'),
    ]);
  });

  it('a client goes before a provider of the same type', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(pool: Pool) {
        return pool;
      }
    }
    const provided = { provide: Pool, useValue: new Pool('sample') };
    expect(await applied({ providers: [AddStatus, provided] })).toEqual(new Pool('live'));
  });

  it('@Client goes before the type', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(@Client() wrong: Pool) {
        return wrong;
      }
    }
    expect(await applied({ providers: [AddStatus] })).toEqual({ session: 'live' });
  });

  it('a lone parameter of an erased type is the main client', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(session: Session) {
        return session;
      }
    }
    expect(await applied({ providers: [AddStatus] })).toEqual({ session: 'live' });
  });

  it('so is a lone parameter whose class was imported as a type only', async () => {
    class AddStatus {
      apply(session: unknown): unknown {
        return session;
      }
    }
    // What TypeScript writes for `import type { Connection } from 'mongoose'`.
    Reflect.defineMetadata('design:paramtypes', [Function], AddStatus.prototype, 'apply');
    Apply()(AddStatus.prototype, 'apply');
    Change(SOUND)(AddStatus);
    expect(await applied({ providers: [AddStatus] })).toEqual({ session: 'live' });
  });

  it('so is a lone parameter of code compiled without types', async () => {
    class AddStatus {
      apply(session: unknown): unknown {
        return session;
      }
    }
    Apply()(AddStatus.prototype, 'apply');
    Change(SOUND)(AddStatus);
    expect(await applied({ providers: [AddStatus] })).toEqual({ session: 'live' });
  });

  it('of two parameters of code compiled without types none is guessed, nor called an interface', async () => {
    class AddStatus {
      apply(_manager: unknown, _context: unknown): void {}
    }
    // What esbuild writes: it runs decorators and emits no types.
    Apply()(AddStatus.prototype, 'apply');
    Change(SOUND)(AddStatus);
    const { problems } = await explored({ providers: [AddStatus] });
    expect(problems).toHaveLength(2);
    expect(problems[1]).toMatch(
      /parameter \[1\] of apply\(\): its type is not known, because .* emits no decorator metadata \(esbuild, vitest, tsx\); compile it with tsc/,
    );
    expect(problems[1]).not.toContain('interface');
  });

  it('of two parameters an erased one is never guessed', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(_session: Session, _context: ChangeContext): void {}
    }
    const { problems } = await explored({ providers: [AddStatus] });
    expect(problems).toEqual([expect.stringContaining('parameter [0] of apply(): its type is erased')]);
    expect(problems[0]).toContain("'session', Manager, Symbol(named), 'pool'");
  });

  it('a parameter with a default counts', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(pool: Pool, manager: Manager = new Manager('sample')) {
        return [pool, manager];
      }
    }
    expect(await applied({ providers: [AddStatus] })).toEqual([new Pool('live'), new SpecialManager('live')]);
  });

  it('a client that the attempt lacks is an error that names it', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(@Client('pool') pool: unknown) {
        return pool;
      }
      @Rollback()
      rollback(manager: Manager) {
        return manager;
      }
    }
    const { change } = await explored({ providers: [AddStatus] });
    const live: Clients = [{ token: 'other', instance: 1 }];
    await expect(change?.apply.invoke(live, CONTEXT)).rejects.toThrow(
      "The attempt has no client 'pool'; it has 'other'.",
    );
    await expect(change?.rollback?.invoke(live, CONTEXT)).rejects.toThrow('no client of type Manager');
  });

  it('a target system that cannot tell its clients is a problem, too', async () => {
    @Change({ ...SOUND, targetSystem: 'mute' })
    class AddStatus {
      @Apply()
      apply(_pool: Pool): void {}
    }
    const mute: TargetSystem = {
      ...target,
      id: 'mute',
      clients: () => {
        throw new Error('not connected');
      },
    };
    const app = await compiled({ providers: [AddStatus] });
    const { problems } = await explore(app.get(ModulesContainer), { stages: ['default'], targets: [mute] });
    expect(problems).toEqual([
      expect.stringContaining("the parameters of apply() cannot be resolved on 'mute': not connected"),
    ]);
  });

  it('a rest parameter is not guessed', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(_pool: Pool, ..._rest: Session[]): void {}
    }
    const { problems } = await explored({ providers: [AddStatus] });
    expect(problems).toEqual([expect.stringContaining('parameter [1] of apply()')]);
  });
});

describe('context and providers', () => {
  @Injectable()
  class Catalog {}
  @Injectable()
  class Prices {
    constructor(readonly catalog: Catalog) {}
  }

  it('ChangeContext is the context of the attempt', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(context: ChangeContext) {
        return context;
      }
    }
    expect(await applied({ providers: [AddStatus] })).toBe(CONTEXT);
  });

  it('a provider of the module is the one instance that the app has', async () => {
    const prices = new Prices(new Catalog());
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(pool: Pool, found: Prices) {
        return [pool, found];
      }
    }
    const result = await applied({ providers: [AddStatus, { provide: Prices, useValue: prices }] });
    expect((result as unknown[])[1]).toBe(prices);
  });

  it('providers come from what the module imports, and from nowhere else', async () => {
    @Module({ providers: [Catalog, Prices], exports: [Prices] })
    class PricesModule {}
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(_pool: Pool, _prices: Prices, _catalog: Catalog): void {}
    }
    @Module({ imports: [PricesModule], providers: [AddStatus] })
    class UsersModule {}
    const { problems } = await explored({ imports: [UsersModule] });
    expect(problems).toEqual([
      expect.stringContaining('parameter [2] of apply(): no provider Catalog that UsersModule can reach'),
    ]);
  });

  it('a transient provider is one for the parameter', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Counter {
      count = 0;
    }
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(counter: Counter) {
        return ++counter.count;
      }
    }
    const { change } = await explored({ providers: [AddStatus, Counter] });
    expect(await change?.apply.invoke(clientsOf('live'), CONTEXT)).toBe(1);
  });

  it("the module's own ModuleRef can be had", async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(moduleRef: ModuleRef) {
        return moduleRef.get(AddStatus);
      }
    }
    expect(await applied({ providers: [AddStatus] })).toBeInstanceOf(AddStatus);
  });

  it('parameters of several methods do not collide', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(@Client('pool') pool: unknown, _catalog: Catalog) {
        return pool;
      }
      @Rollback()
      rollback(@Client(Manager) manager: unknown, @Client('session') session: unknown) {
        return [manager, session];
      }
      @Verify()
      verify(context: ChangeContext, @Client() main: unknown) {
        return [context.changeId, main];
      }
    }
    const { change, problems } = await explored({ providers: [AddStatus, Catalog] });
    expect(problems).toEqual([]);
    const live = clientsOf('live');
    expect(await change?.apply.invoke(live, CONTEXT)).toEqual(new Pool('live'));
    expect(await change?.rollback?.invoke(live, CONTEXT)).toEqual([
      new SpecialManager('live'),
      { session: 'live' },
    ]);
    expect(await change?.verify?.invoke(live, CONTEXT)).toEqual(['add-status', { session: 'live' }]);
  });

  it('what a method throws comes as a rejection', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(): never {
        throw new RangeError('too much');
      }
    }
    const { change } = await explored({ providers: [AddStatus] });
    await expect(change?.apply.invoke(clientsOf('live'), CONTEXT)).rejects.toThrow(RangeError);
  });
});
