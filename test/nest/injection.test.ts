import { Module, Scope } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Apply, Change } from 'nestjs-flamingock';
import type { Injected, TargetSystem } from 'nestjs-flamingock/kit';
import { MemoryAuditStore, MemoryDatabase, MemoryTable, MemoryTargetSystem } from 'nestjs-flamingock/memory';
import { booted, memoryOptions, problemsOf } from './support/apps.js';

const DATABASE = Symbol('DATABASE');

const injectedTarget = (
  id: string,
  token: Injected<TargetSystem, MemoryDatabase>['token'],
): Injected<TargetSystem, MemoryDatabase> => ({
  token,
  label: `MemoryTargetSystem '${id}'`,
  create: (database) => new MemoryTargetSystem(id, database),
});

@Change({ id: 'add-status', order: '0001', author: 'team', targetSystem: 'db' })
class AddStatus {
  @Apply()
  apply(table: MemoryTable): void {
    table.set('status', 'new');
  }
}

describe('a client from the container', () => {
  it.each([
    ['a class', MemoryDatabase],
    ['a symbol', DATABASE],
    ['a text', 'DATABASE'],
  ])('is found by %s in any module, exported or not', async (_, token) => {
    const database = new MemoryDatabase();
    @Module({ providers: [{ provide: token, useFactory: async () => database }] })
    class DatabaseModule {}
    @Module({ imports: [DatabaseModule] })
    class ShopModule {}
    await booted(
      { imports: [ShopModule], providers: [AddStatus] },
      memoryOptions({ targetSystems: [injectedTarget('db', token)] }),
    );
    expect(new MemoryTargetSystem('db', database).table.get('status')).toBe('new');
  });

  it('serves the audit store too', async () => {
    const database = new MemoryDatabase();
    const auditStore: Injected<MemoryAuditStore, MemoryDatabase> = {
      token: DATABASE,
      label: 'MemoryAuditStore',
      create: (client) => new MemoryAuditStore(client),
    };
    await booted(
      { providers: [AddStatus, { provide: DATABASE, useValue: database }] },
      memoryOptions({ auditStore, targetSystems: [injectedTarget('db', DATABASE)] }),
    );
    const { latest } = await new MemoryAuditStore(database).snapshot();
    expect(latest.map(({ changeId, state, strategy }) => [changeId, state, strategy])).toEqual([
      ['add-status', 'APPLIED', 'shared'],
    ]);
  });

  it('is one where aliases and other modules give the same instance', async () => {
    const database = new MemoryDatabase();
    @Module({ providers: [{ provide: DATABASE, useValue: database }] })
    class OtherModule {}
    const providers = [
      AddStatus,
      { provide: MemoryDatabase, useValue: database },
      { provide: DATABASE, useExisting: MemoryDatabase },
    ];
    await booted(
      { imports: [OtherModule], providers },
      memoryOptions({ targetSystems: [injectedTarget('db', DATABASE)] }),
    );
    expect(new MemoryTargetSystem('db', database).table.get('status')).toBe('new');
  });
});

describe('a client that cannot be had', () => {
  const targetSystems = [injectedTarget('db', MemoryDatabase)];

  it('is provided nowhere: one problem, not one more for each change', async () => {
    expect(await problemsOf({ providers: [AddStatus] }, { targetSystems })).toEqual([
      "MemoryTargetSystem 'db': no module provides MemoryDatabase; import the module that does, or give inject() the token of its client",
    ]);
  });

  it('stands for two instances: both modules are named', async () => {
    @Module({ providers: [{ provide: MemoryDatabase, useFactory: () => new MemoryDatabase() }] })
    class UsersModule {}
    @Module({ providers: [{ provide: MemoryDatabase, useFactory: () => new MemoryDatabase() }] })
    class OrdersModule {}
    expect(await problemsOf({ imports: [UsersModule, OrdersModule] }, { targetSystems })).toEqual([
      "MemoryTargetSystem 'db': MemoryDatabase stands for 2 different instances, in UsersModule and OrdersModule; give each a token of its own and name it in inject()",
    ]);
  });

  it('is null or request-scoped', async () => {
    const nothing = { provide: MemoryDatabase, useValue: null };
    expect(await problemsOf({ providers: [nothing] }, { targetSystems })).toEqual([
      expect.stringContaining('MemoryDatabase in RootTestModule is null or undefined'),
    ]);
    const perRequest = {
      provide: MemoryDatabase,
      useFactory: () => new MemoryDatabase(),
      scope: Scope.REQUEST,
    };
    expect(await problemsOf({ providers: [perRequest] }, { targetSystems })).toEqual([
      expect.stringContaining('is request-scoped or transient; provide one instance for the whole app'),
    ]);
  });

  it('is refused by the system: its text is kept', async () => {
    const refusing: Injected<TargetSystem> = {
      token: DATABASE,
      label: "PickyTargetSystem 'db'",
      create: () => {
        throw new TypeError('this is no database');
      },
    };
    const providers = [AddStatus, { provide: DATABASE, useValue: 1 }];
    expect(await problemsOf({ providers }, { targetSystems: [refusing] })).toEqual([
      "PickyTargetSystem 'db': this is no database",
    ]);
  });
});
