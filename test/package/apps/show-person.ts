// With DIES=yes the process dies within its change; the next boot asks for a person.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Apply, Change, FlamingockModule } from 'nestjs-flamingock';
import { MemoryDatabase, PlainMemoryTargetSystem } from 'nestjs-flamingock/memory';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';

@Change({ id: 'register-webhook', order: '0004', author: 'a', targetSystem: 'payments', rollback: 'none' })
class RegisterWebhook {
  @Apply()
  apply() {
    if (process.env.DIES) process.exit(0);
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'better-sqlite3', database: 'person.sqlite' }),
    FlamingockModule.forRoot({
      auditStore: TypeOrmAuditStore.inject(),
      targetSystems: [new PlainMemoryTargetSystem('payments', new MemoryDatabase())],
      lock: { lease: '5s' },
    }),
  ],
  providers: [RegisterWebhook],
})
class PersonModule {}

await NestFactory.createApplicationContext(PersonModule, { logger: false, abortOnError: false }).catch(
  (error: unknown) => console.log(String(error)),
);
