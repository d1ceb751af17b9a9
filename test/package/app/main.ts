// Compiled twice, as CommonJS on Nest 11 and as ESM on Nest 12, in an application that has only the packed package.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Apply, Change, Flamingock, FlamingockModule, Rollback } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem } from 'nestjs-flamingock/memory';

@Injectable()
class Counter {
  runs = 0;
}

@Change({ id: 'count-once', order: '0001', author: 'package-test', targetSystem: 'memory' })
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

@Module({
  imports: [
    FlamingockModule.forRoot({
      auditStore: new MemoryAuditStore(),
      targetSystems: [new MemoryTargetSystem('memory')],
    }),
  ],
  providers: [Counter, CountOnce],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const second = await app.get(Flamingock).run();
  console.log(JSON.stringify({ runs: app.get(Counter).runs, second: second.status }));
  await app.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
