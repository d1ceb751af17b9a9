import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Apply, Change, type ChangeOptions, Client, Rollback, Verify } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem, MemoryTable } from 'nestjs-flamingock/memory';
import { booted, compiled, memoryOptions, problemsOf } from './support/apps.js';

const SOUND: ChangeOptions = { id: 'add-status', order: '0001', author: 'team', targetSystem: 'db' };

/** A change with these options; whatever JavaScript would let through. */
function changeOf(options: object, name = 'AddStatus') {
  const { [name]: AddStatus } = {
    [name]: class {
      apply(): void {}
    },
  };
  Apply()(AddStatus!.prototype, 'apply');
  Change(options as ChangeOptions)(AddStatus!);
  return AddStatus!;
}

const problemsWith = (options: object) => problemsOf({ providers: [changeOf({ ...SOUND, ...options })] });
const PLACE = "change 'add-status' (AddStatus in RootTestModule)";

describe('missing and blank options', () => {
  it.each(['id', 'order', 'author', 'targetSystem'])('a change without %s', async (name) => {
    const problems = await problemsWith({ [name]: undefined });
    expect(problems).toEqual([expect.stringContaining(`${name} is blank; write ${name}: '…' in @Change`)]);
    expect(problems[0]).toContain('AddStatus in RootTestModule');
  });

  it.each(['id', 'order', 'author', 'targetSystem'])('a change with a blank %s', async (name) => {
    expect(await problemsWith({ [name]: '  ' })).toEqual([expect.stringContaining(`${name} is blank`)]);
  });

  it('a change whose order is a number', async () => {
    expect(await problemsWith({ order: 1 })).toEqual([
      `${PLACE}: order must be a text, not 1`,
      expect.stringContaining('order is blank'),
    ]);
  });

  it('a change without options', async () => {
    const problems = await problemsOf({
      providers: [changeOf(undefined as unknown as object)],
    });
    expect(problems.map((text) => text.replace(/^.*?: /, ''))).toEqual(
      ['id', 'author', 'order', 'targetSystem'].map(
        (name) => `${name} is blank; write ${name}: '…' in @Change`,
      ),
    );
  });
});

describe('ids and orders', () => {
  it('one id twice, in two modules and stages: both places are named', async () => {
    @Module({ providers: [changeOf({ ...SOUND, stage: 'schema' }, 'First')] })
    class UsersModule {}
    @Module({ providers: [changeOf({ ...SOUND, stage: 'data' }, 'Second')] })
    class OrdersModule {}
    const problems = await problemsOf(
      { imports: [UsersModule, OrdersModule] },
      { stages: ['schema', 'data'] },
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("the id 'add-status' is used 2 times");
    expect(problems[0]).toContain('First in UsersModule');
    expect(problems[0]).toContain('Second in OrdersModule');
  });

  it('one order twice in a stage', async () => {
    const problems = await problemsOf({
      providers: [changeOf(SOUND, 'First'), changeOf({ ...SOUND, id: 'other' }, 'Second')],
    });
    expect(problems).toEqual([expect.stringContaining("order '0001' is used 2 times in stage 'default'")]);
  });

  it.each(['001', '00 1', 'ä001'])("the order '%s'", async (order) => {
    expect(await problemsWith({ order })).toEqual([
      expect.stringContaining(`order '${order}' must have at least 4`),
    ]);
  });

  it('an unknown target system, with a near one', async () => {
    expect(await problemsWith({ targetSystem: 'bd' })).toEqual([
      `${PLACE}: unknown target system 'bd'; did you mean 'db'?`,
    ]);
  });

  it('an unknown stage', async () => {
    expect(await problemsWith({ stage: 'defautl' })).toEqual([
      `${PLACE}: unknown stage 'defautl'; did you mean 'default'?`,
    ]);
  });
});

describe('methods', () => {
  it('no @Apply', async () => {
    @Change(SOUND)
    class AddStatus {}
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: no method has @Apply; write @Apply() before the one that makes the change`,
    ]);
  });

  it('@Apply on a base class only', async () => {
    class Base {
      @Apply()
      apply(): void {}
    }
    @Change(SOUND)
    class AddStatus extends Base {}
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      expect.stringContaining('those of its base class Base do not count'),
    ]);
  });

  it('two of each', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply() one(): void {}
      @Apply() two(): void {}
      @Rollback() three(): void {}
      @Rollback() four(): void {}
      @Verify() five(): boolean {
        return true;
      }
      @Verify() six(): boolean {
        return true;
      }
    }
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: 2 methods have @Apply: one() and two(); keep it on one of them`,
      `${PLACE}: 2 methods have @Rollback: three() and four(); keep it on one of them`,
      `${PLACE}: 2 methods have @Verify: five() and six(); keep it on one of them`,
    ]);
  });

  it('one method for two roles', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply() @Rollback() both(): void {}
    }
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: both() has @Rollback and @Apply; write one method for each`,
    ]);
  });

  it('a static one, and one that is no method', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply() static apply(): void {}
      @Verify() get verify(): boolean {
        return true;
      }
    }
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: apply() has @Apply and is static; make it a method of the instance`,
      `${PLACE}: verify has @Verify and is not a method; make it one`,
    ]);
  });

  it('@Rollback missing on a target without transactions', async () => {
    expect(await problemsWith({ targetSystem: 'broker' })).toEqual([
      expect.stringContaining('it needs a @Rollback'),
    ]);
  });

  it('@Rollback missing outside a transaction', async () => {
    expect(await problemsWith({ transactional: false })).toEqual([
      expect.stringContaining('it needs a @Rollback'),
    ]);
  });

  it("@Rollback beside rollback: 'none'", async () => {
    @Change({ ...SOUND, rollback: 'none' })
    class AddStatus {
      @Apply() apply(): void {}
      @Rollback() back(): void {}
    }
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: rollback: 'none', but back() has @Rollback; remove one of the two`,
    ]);
  });

  it.each([
    ['apply', Apply],
    ['rollback', Rollback],
    ['verify', Verify],
  ])('a method marked as %s in a class without @Change', async (role, mark) => {
    class Forgotten {
      work(): void {}
    }
    mark()(Forgotten.prototype, 'work');
    expect(await problemsOf({ providers: [Forgotten] })).toEqual([
      `Forgotten in RootTestModule: work() is marked as a change's ${role}, but the class has no @Change; write one above it`,
    ]);
  });

  it('a class that extends a change without being one', async () => {
    class Derived extends changeOf(SOUND) {}
    expect(await problemsOf({ providers: [Derived] })).toEqual([
      expect.stringContaining(
        'Derived in RootTestModule: it extends the change AddStatus, but has no @Change of its own',
      ),
    ]);
  });
});

describe('parameters', () => {
  interface Erased {
    readonly x: number;
  }
  class Unknown {}

  it('every one that cannot be resolved, with method, index, type and what to write', async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(_table: MemoryTable, _unknown: Unknown, _erased: Erased): void {}

      @Rollback()
      rollback(
        @Client('nowhere') _client: unknown,
        @Client(undefined as unknown as string) _circular: unknown,
      ): void {}
    }
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: parameter [1] of apply(): no provider Unknown that RootTestModule can reach; provide it there or import the module that exports it; if Unknown is a client of 'db', write @Client() or @Client(token) before it: MemoryTable`,
      `${PLACE}: parameter [2] of apply(): its type is erased at run time, as an interface or a type-only import is; if it is a client of 'db', write @Client() or @Client(token) before it: MemoryTable, or give it a class as its type`,
      `${PLACE}: parameter [0] of rollback(): 'db' has no client 'nowhere'; write @Client() or a token of MemoryTable`,
      `${PLACE}: parameter [1] of rollback(): the token of @Client is undefined, as circular imports leave it; import it from where it is defined`,
    ]);
  });

  it("Nest's @Inject", async () => {
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(_table: MemoryTable, @Inject('TOKEN') _second: MemoryTable): void {}

      @Rollback()
      rollback(_table: MemoryTable): void {}
    }
    expect(await problemsOf({ providers: [AddStatus] })).toEqual([
      `${PLACE}: @Inject on method parameter [1] of apply(): Nest supports it on constructors only; write @Client(token) for a client, take a provider by its class or in the constructor`,
    ]);
  });

  it('@Client where no attempt gives clients', async () => {
    @Change(SOUND)
    class AddStatus {
      constructor(@Client() readonly table: MemoryTable) {}

      @Apply()
      apply(): void {}

      helper(@Client() _table: MemoryTable): void {}
    }
    const problems = await problemsOf({
      providers: [{ provide: AddStatus, useFactory: () => new AddStatus({} as MemoryTable) }],
    });
    expect(problems).toEqual([
      expect.stringContaining(
        '@Client on parameter [0] of helper(), which has none of @Apply, @Rollback and @Verify',
      ),
      expect.stringContaining('@Client on constructor parameter [0]'),
    ]);
  });

  it('a request-scoped provider', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {}
    @Change(SOUND)
    class AddStatus {
      @Apply()
      apply(_table: MemoryTable, _request: PerRequest): void {}
    }
    expect(await problemsOf({ providers: [AddStatus, PerRequest] })).toEqual([
      expect.stringContaining('parameter [1] of apply(): PerRequest is request-scoped'),
    ]);
  });
});

describe('the container', () => {
  it.each([Scope.REQUEST, Scope.TRANSIENT])('a change of scope %s', async (scope) => {
    const AddStatus = changeOf(SOUND);
    expect(await problemsOf({ providers: [{ provide: AddStatus, useClass: AddStatus, scope }] })).toEqual([
      expect.stringContaining(`${PLACE}: it, or something it injects, is request-scoped or transient`),
    ]);
  });

  it('a request-scoped change made by a factory', async () => {
    const AddStatus = changeOf(SOUND);
    const provider = { provide: AddStatus, useFactory: () => new AddStatus(), scope: Scope.REQUEST };
    expect(await problemsOf({ providers: [provider] })).toEqual([
      expect.stringContaining('request-scoped or transient'),
    ]);
  });

  it('a change that injects something request-scoped', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {}
    @Change(SOUND)
    class AddStatus {
      constructor(readonly perRequest: PerRequest) {}

      @Apply()
      apply(): void {}
    }
    expect(await problemsOf({ providers: [AddStatus, PerRequest] })).toEqual([
      expect.stringContaining('request-scoped or transient'),
    ]);
  });

  it('a class in two modules: both are named', async () => {
    const AddStatus = changeOf(SOUND);
    @Module({ providers: [AddStatus] })
    class UsersModule {}
    @Module({ providers: [AddStatus] })
    class OrdersModule {}
    expect(await problemsOf({ imports: [UsersModule, OrdersModule] })).toEqual([
      expect.stringMatching(/it is provided 2 times, in UsersModule and OrdersModule/),
    ]);
  });

  it('two modules that import a configured FlamingockModule', async () => {
    const { FlamingockModule } = await import('nestjs-flamingock');
    @Module({ imports: [FlamingockModule.forRoot(memoryOptions())] })
    class OtherModule {}
    expect(await problemsOf({ imports: [OtherModule] })).toEqual([
      'FlamingockModule is configured 2 times; call forRoot or forRootAsync once and import its result',
    ]);
  });
});

describe('option values', () => {
  it('of a change', async () => {
    const faulty = {
      transactional: 'yes',
      recovery: 'retry',
      profiles: 'prod',
      timeout: '5 parsecs',
      rollback: 'all',
      outsideTransaction: 'warn',
      description: 7,
      metadata: 'text',
      targetsystem: 'db',
    };
    expect(await problemsWith(faulty)).toEqual(
      [
        'transactional must be true or false, not "yes"',
        "recovery must be 'manual-intervention' or 'always-retry', not \"retry\"",
        'profiles must be a list of texts, not "prod"',
        "timeout \"5 parsecs\" is not a duration; write milliseconds or '200ms', '30s', '5m', '1h'",
        'rollback must be \'none\', not "all"',
        "outsideTransaction must be 'fail' or 'allow', not \"warn\"",
        'description must be a text, not 7',
        'metadata must be an object, not "text"',
        "unknown option 'targetsystem'; did you mean 'targetSystem'?",
      ].map((fault) => `${PLACE}: ${fault}`),
    );
  });

  it.each([0, -1, Number.NaN, null])('the timeout %s', async (timeout) => {
    expect(await problemsWith({ timeout })).toEqual([expect.stringContaining('is not a duration')]);
  });

  it('transactional: true on a target that cannot', async () => {
    expect(await problemsWith({ transactional: true, targetSystem: 'broker', rollback: 'none' })).toEqual([
      expect.stringContaining("the target system 'broker' (memory (plain)) has no transactions"),
    ]);
  });

  it('of the module', async () => {
    const faulty = {
      targetSystems: [new MemoryTargetSystem('db'), new MemoryTargetSystem('db')],
      stages: [],
      onBootstrap: 'sometimes',
      runOn: 'boot',
      profiles: [''],
      outOfOrder: 'maybe',
      unknownChanges: 'run',
      lock: { lease: 'long', wiat: '5m' },
      actor: ' ',
      environment: 1,
      appVersion: {},
      stopOnSignals: 'no',
      autoStore: true,
    } as unknown as Parameters<typeof memoryOptions>[0];
    expect(await problemsOf({}, faulty)).toEqual([
      'FlamingockModule: stages must name at least one stage',
      "FlamingockModule: onBootstrap must be 'apply' or 'check' or 'background' or 'skip', not \"sometimes\"",
      "FlamingockModule: runOn must be 'bootstrap' or 'init', not \"boot\"",
      'FlamingockModule: profiles must be a list of texts, not [""]',
      "FlamingockModule: outOfOrder must be 'run' or 'warn' or 'fail', not \"maybe\"",
      "FlamingockModule: unknownChanges must be 'ignore' or 'warn' or 'fail', not \"run\"",
      'FlamingockModule: actor must be a text, not " "',
      'FlamingockModule: environment must be a text, not 1',
      'FlamingockModule: appVersion must be a text, not {}',
      'FlamingockModule: stopOnSignals must be true or false, not "no"',
      "FlamingockModule: unknown option 'autoStore'; did you mean 'auditStore'?",
      expect.stringContaining('FlamingockModule: lock: lease "long" is not a duration'),
      "FlamingockModule: lock: unknown option 'wiat'; did you mean 'wait'?",
      expect.stringContaining("2 target systems have the id 'db'"),
    ]);
  });

  it.each(['1ms', '4999ms', 4_999])('a lease of less than 5 s: %j', async (lease) => {
    expect(await problemsOf({}, { lock: { lease } })).toEqual([
      `FlamingockModule: lock: lease must be at least '5s', not ${JSON.stringify(lease)}`,
    ]);
    expect(await booted({}, memoryOptions({ lock: { lease: '5s' } }))).toBeDefined();
  });

  it('without a store and target systems', async () => {
    expect(await problemsOf({}, { auditStore: undefined, targetSystems: undefined })).toEqual([
      'FlamingockModule: auditStore is missing',
      'FlamingockModule: targetSystems is missing',
    ]);
  });

  it('a stage twice', async () => {
    expect(await problemsOf({}, { stages: ['a', 'b', 'a'] })).toEqual([
      "the stage 'a' is listed twice in stages",
    ]);
  });
});

describe('all at once', () => {
  class UntouchedStore extends MemoryAuditStore {
    readonly touched: string[] = [];

    override async open(): Promise<void> {
      this.touched.push('open');
    }

    override async snapshot(): ReturnType<MemoryAuditStore['snapshot']> {
      this.touched.push('snapshot');
      return super.snapshot();
    }
  }

  it('tells every fault in one error, before anything is touched', async () => {
    const store = new UntouchedStore();
    @Change({ ...SOUND, id: 'second', order: '1' })
    class Second {}
    const providers = [changeOf({ ...SOUND, recovery: 'never', stage: 'nowhere' }, 'First'), Second];
    const options = memoryOptions({ auditStore: store, outOfOrder: 'x' as 'run' });
    const app = await compiled({ providers }, options);
    const message = await app.init().then(String, String);
    for (const part of [
      '5 problems',
      'outOfOrder must',
      'recovery must',
      'unknown stage',
      'no method has @Apply',
      "order '1'",
    ])
      expect(message).toContain(part);
    expect(store.touched).toEqual([]);
  });
});
