import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Apply, Change, type ChangeOptions, Flamingock, Rollback, Verify } from 'nestjs-flamingock';
import { MemoryTable, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { explore } from '../../lib/nest/explore/explorer.js';
import { booted, compiled, memoryOptions } from './support/apps.js';

const SOUND: ChangeOptions = { id: 'add-status', order: '0001', author: 'team', targetSystem: 'db' };

@Injectable()
class Catalog {
  readonly name = 'catalog';
}

@Change(SOUND)
class AddStatus {
  constructor(readonly catalog: Catalog) {}

  @Apply()
  apply(table: MemoryTable): void {
    table.set('status', this.catalog.name);
  }

  @Rollback()
  async rollback(table: MemoryTable): Promise<void> {
    table.delete('status');
  }

  @Verify()
  verify(table: MemoryTable): boolean {
    return table.has('status');
  }
}

const target = new MemoryTargetSystem('db');
const context = { stages: ['schema', 'data'], targets: [target] };

async function exploredIn(metadata: Parameters<typeof compiled>[0]) {
  const app = await compiled(metadata);
  return explore(app.get(ModulesContainer), context);
}

describe('a change among the providers', () => {
  it('becomes frozen values', async () => {
    const { changes, problems } = await exploredIn({ providers: [AddStatus, Catalog] });
    expect(problems).toEqual([]);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      ...SOUND,
      stage: 'data',
      recovery: 'manual-intervention',
      profiles: [],
      outsideTransaction: 'fail',
      description: null,
      ticket: null,
      metadata: null,
      className: 'AddStatus',
      origin: 'RootTestModule',
      withoutRollback: false,
    });
    expect([changes[0]?.apply.name, changes[0]?.rollback?.name, changes[0]?.verify?.name]).toEqual([
      'apply',
      'rollback',
      'verify',
    ]);
    expect(Object.isFrozen(changes[0])).toBe(true);
    expect(changes[0]).not.toHaveProperty('transactional');
    expect(changes[0]).not.toHaveProperty('timeoutMs');
  });

  it('carries every option', async () => {
    @Change({
      ...SOUND,
      stage: 'schema',
      transactional: false,
      recovery: 'always-retry',
      profiles: ['prod', '!test'],
      timeout: '1.5s',
      rollback: 'none',
      outsideTransaction: 'allow',
      description: 'why',
      ticket: 'SHOP-1',
      metadata: { reviewed: true },
    })
    class Full {
      @Apply() run(): void {}
    }
    const { changes } = await exploredIn({ providers: [Full] });
    expect(changes[0]).toMatchObject({
      stage: 'schema',
      transactional: false,
      recovery: 'always-retry',
      profiles: ['prod', '!test'],
      timeoutMs: 1500,
      withoutRollback: true,
      outsideTransaction: 'allow',
      description: 'why',
      ticket: 'SHOP-1',
      metadata: { reviewed: true },
      className: 'Full',
    });
  });

  const catalog = new Catalog();
  it.each([
    ['useClass under a text', { provide: 'CHANGE', useClass: AddStatus }],
    ['useValue', { provide: AddStatus, useValue: new AddStatus(catalog) }],
    ['useFactory', { provide: AddStatus, inject: [Catalog], useFactory: (c: Catalog) => new AddStatus(c) }],
    ['an async useFactory under a text', { provide: 'X', useFactory: async () => new AddStatus(catalog) }],
  ])('is found by %s', async (_, provider) => {
    const { changes, problems } = await exploredIn({ providers: [Catalog, provider] });
    expect(problems).toEqual([]);
    expect(changes.map(({ id }) => id)).toEqual(['add-status']);
  });

  it('is found once beside its aliases', async () => {
    const aliases = [
      { provide: 'ALIAS', useExisting: AddStatus },
      { provide: 'SAME', inject: [AddStatus], useFactory: (change: AddStatus) => change },
    ];
    const { changes, problems } = await exploredIn({ providers: [Catalog, AddStatus, ...aliases] });
    expect(problems).toEqual([]);
    expect(changes).toHaveLength(1);
  });

  it('is found in a module that nobody imports but the root, and named by it', async () => {
    @Module({ providers: [AddStatus, Catalog] })
    class UsersModule {}
    @Module({ imports: [UsersModule] })
    class ShopModule {}
    const { changes } = await exploredIn({ imports: [ShopModule] });
    expect(changes[0]?.origin).toBe('UsersModule');
  });

  it('does not mind providers of any other kind', async () => {
    const providers = [
      { provide: 'null', useValue: null },
      { provide: 'number', useValue: 1 },
      { provide: 'function', useValue: () => 1 },
      { provide: 'class', useValue: AddStatus },
      { provide: 'bare', useValue: Object.create(null) as object },
      { provide: 'array', useValue: [1] },
    ];
    expect(await exploredIn({ providers })).toEqual({ changes: [], problems: [] });
  });

  it('does not hand its mark down', async () => {
    @Change({ ...SOUND, id: 'derived' })
    class Derived extends AddStatus {
      @Apply() override apply(table: MemoryTable): void {
        table.set('derived', true);
      }
    }
    const { changes } = await exploredIn({ providers: [Catalog, Derived as Type] });
    expect(changes.map(({ id, rollback }) => [id, rollback])).toEqual([['derived', undefined]]);
  });
});

describe('changes of many modules', () => {
  it('run by stage, then by order as text', async () => {
    const ran: string[] = [];
    const change = (id: string, stage: string, order: string): Type => {
      class Ordered {
        apply(): void {
          ran.push(id);
        }
      }
      Apply()(Ordered.prototype, 'apply');
      Change({ ...SOUND, id, stage, order })(Ordered);
      return Ordered;
    };
    @Module({ providers: [change('d', 'data', '0001'), change('b', 'schema', '0010')] })
    class UsersModule {}
    @Module({ providers: [change('a', 'schema', '0002'), change('c', 'schema', '000a')] })
    class OrdersModule {}
    const { flamingock } = await booted(
      { imports: [UsersModule, OrdersModule] },
      memoryOptions({ stages: ['schema', 'data'] }),
    );
    expect(flamingock).toBeInstanceOf(Flamingock);
    expect(ran).toEqual(['a', 'c', 'b', 'd']);
  });

  it('run only where their profile is active', async () => {
    const ran: string[] = [];
    const change = (id: string, order: string, profiles: readonly string[]): Type => {
      class Profiled {
        apply(): void {
          ran.push(id);
        }
      }
      Apply()(Profiled.prototype, 'apply');
      Change({ ...SOUND, id, order, profiles })(Profiled);
      return Profiled;
    };
    const providers = [
      change('demo', '0001', ['demo']),
      change('not-prod', '0002', ['!prod']),
      change('any', '0003', []),
    ];
    await booted({ providers }, memoryOptions({ profiles: ['prod'] }));
    expect(ran).toEqual(['any']);
    await booted({ providers }, memoryOptions({ profiles: ['demo'] }));
    expect(ran).toEqual(['any', 'demo', 'not-prod', 'any']);
  });
});
