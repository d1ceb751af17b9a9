// Compiled twice, as CommonJS on Nest 11 and as ESM on Nest 12, in an application that has only the packed package.
import 'reflect-metadata';
import { type DynamicModule, Global, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Apply, Change, Flamingock, FlamingockError, FlamingockModule, Rollback } from 'nestjs-flamingock';
import { type AttemptScope, type Clients, type TargetSystem, withGate } from 'nestjs-flamingock/kit';
import { MemoryAuditStore } from 'nestjs-flamingock/memory';

@Injectable()
class Counter {
  runs = 0;
}

/** A target system of the application's own: it has nothing to change, and its attempts pass the gate of the kit. */
class OwnTargetSystem implements TargetSystem {
  readonly id = 'own';
  readonly kind = 'package-test';
  readonly transactional = false;

  clients(): Clients {
    return [{ token: 'own', instance: {} }];
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return withGate(scope, this.id, () => work(this.clients()));
  }
}

@Change({ id: 'count-once', order: '0001', author: 'package-test', targetSystem: 'own' })
class CountOnce {
  constructor(private readonly counter: Counter) {}

  @Apply()
  apply(): void {
    this.counter.runs++;
  }

  @Rollback()
  rollback(): void {
    this.counter.runs--;
  }
}

/** Reads in onModuleInit what a change has made. */
@Injectable()
class Reader implements OnModuleInit {
  seen = -1;

  constructor(private readonly counter: Counter) {}

  onModuleInit(): void {
    this.seen = this.counter.runs;
  }
}

@Module({ providers: [Counter, Reader, CountOnce], exports: [Counter] })
class FeatureModule {}

/** Waits, in a hook that Nest calls before the one that runs the changes. */
@Injectable()
class Early implements OnModuleInit {
  told = '';

  constructor(private readonly flamingock: Flamingock) {}

  async onModuleInit(): Promise<void> {
    await this.flamingock.whenReady().catch((error: unknown) => {
      this.told = error instanceof FlamingockError ? error.code : String(error);
    });
  }
}

@Global()
@Module({ providers: [Early] })
class EarlyModule {}

@Module({})
class AppModule {
  static with(runOn: 'bootstrap' | 'init'): DynamicModule {
    const flamingock = FlamingockModule.forRoot({
      auditStore: new MemoryAuditStore(),
      targetSystems: [new OwnTargetSystem()],
      runOn,
    });
    return { module: AppModule, imports: [FeatureModule, EarlyModule, flamingock] };
  }
}

async function boot(runOn: 'bootstrap' | 'init'): Promise<Record<string, unknown>> {
  const app = await NestFactory.createApplicationContext(AppModule.with(runOn), {
    logger: ['error', 'warn'],
  });
  const { status } = await app.get(Flamingock).run();
  const told = { runs: app.get(Counter).runs, seenOnInit: app.get(Reader).seen, early: app.get(Early).told };
  await app.close();
  return { ...told, second: status };
}

async function main(): Promise<void> {
  console.log(JSON.stringify({ bootstrap: await boot('bootstrap'), init: await boot('init') }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
