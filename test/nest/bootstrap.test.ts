import {
  Controller,
  Global,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type BootstrapMode,
  ChangeFailedError,
  Flamingock,
  FlamingockModule,
  WaitsForItselfError,
  type FlamingockOptions,
  type FlamingockOptionsFactory,
  ManualInterventionError,
  PendingChangesError,
} from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem, PlainMemoryTargetSystem } from 'nestjs-flamingock/memory';
import { booted, compiled, memoryOptions, problemsOf } from './support/apps.js';
import { changesNamed, changeThat, deferred } from './support/changes.js';
import { KeptLog } from './support/log.js';

afterEach(() => {
  delete process.env['FLAMINGOCK_ON_BOOTSTRAP'];
});

async function entriesOf(store: MemoryAuditStore): Promise<string[]> {
  const entries: string[] = [];
  for await (const { changeId, state } of store.history()) entries.push(`${changeId} ${state}`);
  return entries;
}

describe('apply', () => {
  it('applies what is pending while the app boots, and is ready', async () => {
    const db = new MemoryTargetSystem('db');
    const { flamingock } = await booted(
      { providers: changesNamed('one', 'two') },
      memoryOptions({ targetSystems: [db] }),
    );
    expect(db.table.keys()).toEqual(['one', 'two']);
    expect(flamingock.status).toBe('ready');
    await flamingock.whenReady();
  });

  it('has not run before init', async () => {
    const db = new MemoryTargetSystem('db');
    const app = await compiled({ providers: changesNamed('one') }, memoryOptions({ targetSystems: [db] }));
    expect(db.table.size).toBe(0);
    expect(app.get(Flamingock).status).toBe('idle');
  });

  it('makes the boot fail with the error of the run, logs it as a block and is not ready', async () => {
    const log = new KeptLog();
    const providers = [
      ...changesNamed('one'),
      changeThat(() => Promise.reject(new Error('no such column')), { id: 'two', order: '0002' }),
      changeThat(undefined, { id: 'three', order: '0003' }),
    ];
    const app = await compiled({ providers }, memoryOptions(), log);
    const error: unknown = await app.init().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChangeFailedError);
    expect((error as ChangeFailedError).report?.changes.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['one', 'applied'],
      ['two', 'rolled-back'],
      ['three', 'not-run'],
    ]);
    expect(app.get(Flamingock).status).toBe('failed');
    await expect(app.get(Flamingock).whenReady()).rejects.toBe(error);
    const [block] = log.with('error: Run failed');
    expect(block).toContain('no such column');
    expect((error as ChangeFailedError).message).toContain('To fix:');
    expect(log.with('To fix:')).toEqual([]);
  });

  it('says so in one line when nothing is to do', async () => {
    const log = new KeptLog();
    const options = memoryOptions();
    await booted({ providers: changesNamed('one', 'two') }, options);
    await booted({ providers: changesNamed('one', 'two') }, options, log);
    expect(log.with('Nothing to do')).toEqual([
      expect.stringMatching(/^log: Nothing to do: 2 already applied \(.*\)$/),
    ]);
  });

  it('warns about what should be known', async () => {
    const log = new KeptLog();
    const options = memoryOptions();
    await booted({ providers: changesNamed('one', 'two') }, options);
    await booted({ providers: changesNamed('one') }, options, log);
    expect(log.with('warn: Nothing to do')[0]).toContain("warning: the audit names change 'two'");
  });
});

describe('check', () => {
  it('refuses to start when something is pending, names it and writes nothing', async () => {
    const auditStore = new MemoryAuditStore();
    const options = memoryOptions({ auditStore });
    await booted({ providers: changesNamed('one') }, options);
    const before = await entriesOf(auditStore);
    const app = await compiled(
      { providers: changesNamed('one', 'two', 'three') },
      { ...options, onBootstrap: 'check' },
    );
    const error: unknown = await app.init().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PendingChangesError);
    expect(String(error)).toMatch(/2 changes are pending[^]*'two' \(default 0002\) on 'db'[^]*'three'/);
    expect(String(error)).not.toContain("'one'");
    expect(await entriesOf(auditStore)).toEqual(before);
    expect(app.get(Flamingock).status).toBe('failed');
  });

  it('touches a store that was never opened only by reading', async () => {
    const auditStore = new MemoryAuditStore();
    const app = await compiled(
      { providers: changesNamed('one') },
      memoryOptions({ auditStore, onBootstrap: 'check' }),
    );
    await expect(app.init()).rejects.toThrow(PendingChangesError);
    expect((await auditStore.snapshot()).ready).toBe(false);
  });

  it('starts when nothing is pending', async () => {
    const options = memoryOptions();
    await booted({ providers: changesNamed('one') }, options);
    const { flamingock } = await booted(
      { providers: changesNamed('one') },
      { ...options, onBootstrap: 'check' },
    );
    expect(flamingock.status).toBe('ready');
  });

  it('names the change that needs a person, and how to resolve it', async () => {
    const failing = changeThat(() => Promise.reject(new Error('half done')), { targetSystem: 'broker' });
    (failing.prototype as { rollback: () => void }).rollback = () => {
      throw new Error('cannot be undone');
    };
    const options = memoryOptions();
    await expect(booted({ providers: [failing] }, options)).rejects.toThrow(ChangeFailedError);
    const app = await compiled({ providers: [failing] }, { ...options, onBootstrap: 'check' });
    const error: unknown = await app.init().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ManualInterventionError);
    expect(String(error)).toMatch(
      /1 change needs a person[^]*'one' \(default 0001\) on 'broker'[^]*To fix:[^]*resolve\('one'/,
    );
  });
});

describe('background', () => {
  it('serves at once and is not ready until all is done', async () => {
    const { promise, resolve } = deferred();
    const { flamingock } = await booted(
      { providers: [changeThat(() => promise)] },
      memoryOptions({ onBootstrap: 'background' }),
    );
    expect(flamingock.status).toBe('running');
    let isReady = false;
    const ready = flamingock.whenReady().then(() => (isReady = true));
    await new Promise((done) => setTimeout(done, 20));
    expect(isReady).toBe(false);
    resolve();
    await ready;
    expect(flamingock.status).toBe('ready');
  });

  it('keeps the app alive, not ready, when the run fails, and logs why', async () => {
    const log = new KeptLog();
    const failing = changeThat(() => Promise.reject(new Error('no such column')));
    const { flamingock } = await booted(
      { providers: [failing] },
      memoryOptions({ onBootstrap: 'background' }),
      log,
    );
    await expect(flamingock.whenReady()).rejects.toThrow(ChangeFailedError);
    await new Promise((done) => setImmediate(done));
    expect(flamingock.status).toBe('failed');
    expect(log.with('error: Run failed')[0]).toContain('no such column');
  });

  it('does not boot with faulty changes', async () => {
    expect(
      await problemsOf({ providers: [changeThat(undefined, { order: '1' })] }, { onBootstrap: 'background' }),
    ).toHaveLength(1);
  });
});

describe('skip', () => {
  it('does nothing, and is ready because it was told to', async () => {
    const auditStore = new MemoryAuditStore();
    const { flamingock } = await booted(
      { providers: changesNamed('one') },
      memoryOptions({ auditStore, onBootstrap: 'skip' }),
    );
    expect(flamingock.status).toBe('ready');
    expect((await auditStore.snapshot()).ready).toBe(false);
    expect((await flamingock.run()).status).toBe('succeeded');
  });
});

describe('FLAMINGOCK_ON_BOOTSTRAP', () => {
  it.each([
    ['skip', 'apply', 'idle'],
    ['apply', 'skip', 'applied'],
    ['', 'apply', 'applied'],
  ] as const)("'%s' over onBootstrap: '%s'", async (variable, onBootstrap: BootstrapMode, outcome) => {
    process.env['FLAMINGOCK_ON_BOOTSTRAP'] = variable;
    const db = new MemoryTargetSystem('db');
    await booted({ providers: changesNamed('one') }, memoryOptions({ targetSystems: [db], onBootstrap }));
    expect(db.table.has('one')).toBe(outcome === 'applied');
  });

  it('with another value is one of the problems', async () => {
    process.env['FLAMINGOCK_ON_BOOTSTRAP'] = 'aply';
    expect(await problemsOf({}, { onBootstrap: 'skip' })).toEqual([
      "FLAMINGOCK_ON_BOOTSTRAP must be 'apply' or 'check' or 'background' or 'skip', not \"aply\"",
    ]);
  });
});

describe('hooks', () => {
  it('runs before onApplicationBootstrap of every other module, after their onModuleInit', async () => {
    const order: string[] = [];
    @Injectable()
    class Early implements OnModuleInit, OnApplicationBootstrap {
      onModuleInit(): void {
        order.push('onModuleInit');
      }
      onApplicationBootstrap(): void {
        order.push('onApplicationBootstrap');
      }
    }
    @Module({ providers: [Early] })
    class DeepModule {}
    @Module({ imports: [DeepModule], providers: [changeThat(() => order.push('change'))] })
    class RootModule {}
    const app = await Test.createTestingModule({
      imports: [RootModule, FlamingockModule.forRoot(memoryOptions())],
    })
      .setLogger(new KeptLog())
      .compile();
    await app.init();
    expect(order).toEqual(['onModuleInit', 'change', 'onApplicationBootstrap']);
  });

  it.each(['', 'skip', 'check'])(
    "with runOn: 'init' does it before onModuleInit of other modules; FLAMINGOCK_ON_BOOTSTRAP='%s'",
    async (variable) => {
      process.env['FLAMINGOCK_ON_BOOTSTRAP'] = variable;
      const db = new MemoryTargetSystem('db');
      const seen: unknown[] = [];
      @Injectable()
      class Reader implements OnModuleInit {
        constructor(private readonly flamingock: Flamingock) {}
        async onModuleInit(): Promise<void> {
          await this.flamingock.whenReady();
          seen.push(db.table.get('one'));
        }
      }
      @Module({ providers: [Reader] })
      class DeepModule {}
      @Module({ imports: [DeepModule], providers: changesNamed('one') })
      class RootModule {}
      const app = await compiled(
        { imports: [RootModule] },
        memoryOptions({ targetSystems: [db], runOn: 'init' }),
      );
      const end = await app.init().catch((thrown: unknown) => thrown);
      if (variable === 'check') expect(end).toBeInstanceOf(PendingChangesError);
      expect(seen).toEqual({ '': ['applied'], skip: [undefined], check: [] }[variable]);
    },
  );

  it.each(['onModuleInit', 'onApplicationBootstrap'] as const)(
    'whenReady() in %s of a module that goes before is an error at once, not a wait for itself',
    async (hook) => {
      @Injectable()
      class Early {
        constructor(flamingock: Flamingock) {
          Object.assign(this, { [hook]: () => flamingock.whenReady() });
        }
      }
      @Global()
      @Module({ providers: [Early] })
      class EarlyModule {}
      const app = await Test.createTestingModule({
        imports: [EarlyModule, FlamingockModule.forRoot(memoryOptions())],
      })
        .setLogger(new KeptLog())
        .compile();
      const error: unknown = await app.init().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WaitsForItselfError);
      expect(String(error)).toMatch(
        /before the one that runs the changes[^]*To fix:[^]*onApplicationBootstrap/,
      );
    },
  );

  it('whenReady() may be called before init, and in hooks that follow', async () => {
    const seen: string[] = [];
    @Injectable()
    class Late implements OnApplicationBootstrap {
      constructor(private readonly flamingock: Flamingock) {}
      async onApplicationBootstrap(): Promise<void> {
        await this.flamingock.whenReady();
        seen.push('hook');
      }
    }
    const app = await compiled({ providers: [Late, ...changesNamed('one')] });
    const ready = app.get(Flamingock).whenReady();
    await app.init();
    await ready;
    expect(seen).toEqual(['hook']);
  });

  it('runs once although a hybrid app that defers its initialization calls hooks twice', async () => {
    let runs = 0;
    let hooks = 0;
    @Controller()
    class Counting implements OnApplicationBootstrap {
      onApplicationBootstrap(): void {
        hooks++;
      }
    }
    const always = changeThat(() => runs++);
    @Module({
      imports: [FlamingockModule.forRoot(memoryOptions())],
      providers: [always],
      controllers: [Counting],
    })
    class RootModule {}
    const app = await NestFactory.create(RootModule, { logger: false });
    const log = new KeptLog();
    app.useLogger(log);
    app.connectMicroservice(
      { transport: Transport.TCP, options: { port: 0 } },
      { deferInitialization: true },
    );
    await app.startAllMicroservices();
    await app.init();
    expect(hooks).toBe(2);
    expect(runs).toBe(1);
    expect(log.with('log: Run succeeded').concat(log.with('Nothing to do'))).toHaveLength(1);
    await app.close();
  });
});

describe('FlamingockModule without options', () => {
  const bootOf = (imports: Parameters<typeof Test.createTestingModule>[0]['imports']) =>
    Test.createTestingModule({ imports }).setLogger(new KeptLog()).compile();

  it('is refused, for no change would ever run', async () => {
    await expect(bootOf([FlamingockModule])).rejects.toThrow(
      'import FlamingockModule.forRoot({ … }) in the root module',
    );
  });

  it('does no harm beside one with options', async () => {
    @Module({ imports: [FlamingockModule] })
    class FeatureModule {}
    const app = await bootOf([FeatureModule, FlamingockModule.forRoot(memoryOptions())]);
    await app.init();
    expect(app.get(Flamingock).status).toBe('ready');
  });

  it('is refused when forRoot is given nothing', async () => {
    const app = await bootOf([FlamingockModule.forRoot(undefined as unknown as FlamingockOptions)]);
    await expect(app.init()).rejects.toThrow('auditStore is missing');
  });
});

describe('forRootAsync', () => {
  const db = new MemoryTargetSystem('db');
  const options = (): FlamingockOptions =>
    memoryOptions({ targetSystems: [db, new PlainMemoryTargetSystem('broker')], stages: ['only'] });

  @Injectable()
  class Settings implements FlamingockOptionsFactory {
    async createFlamingockOptions(): Promise<FlamingockOptions> {
      return options();
    }
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  it.each([
    [
      'useFactory with inject and imports',
      {
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: (s: Settings) => s.createFlamingockOptions(),
      },
    ],
    ['useFactory alone', { useFactory: options }],
    ['useClass', { useClass: Settings }],
    ['useExisting', { imports: [SettingsModule], useExisting: Settings }],
    [
      'extraProviders',
      {
        inject: ['EXTRA'],
        useFactory: (extra: FlamingockOptions) => extra,
        extraProviders: [{ provide: 'EXTRA', useFactory: options }],
      },
    ],
  ])('%s', async (_, asyncOptions) => {
    db.table.clear();
    const app = await Test.createTestingModule({
      imports: [FlamingockModule.forRootAsync(asyncOptions)],
      providers: changesNamed('one'),
    })
      .setLogger(new KeptLog())
      .compile();
    await app.init();
    expect(db.table.keys()).toEqual(['one']);
  });

  it('wants exactly one of them', () => {
    expect(() => FlamingockModule.forRootAsync({})).toThrow(
      'exactly one of useFactory, useClass and useExisting',
    );
    expect(() => FlamingockModule.forRootAsync({ useFactory: options, useClass: Settings })).toThrow(
      'exactly one',
    );
  });

  it('checks what the factory gives', async () => {
    const app = await Test.createTestingModule({
      imports: [
        FlamingockModule.forRootAsync({ useFactory: () => undefined as unknown as FlamingockOptions }),
      ],
    })
      .setLogger(new KeptLog())
      .compile();
    await expect(app.init()).rejects.toThrow(/auditStore is missing[^]*targetSystems is missing/);
  });
});
