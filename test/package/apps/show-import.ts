// A record of TypeORM's that nobody has mapped.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FlamingockModule } from 'nestjs-flamingock';
import { TypeOrmAuditStore, typeOrmMigrations, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { AddUserStatus } from './changes/add-user-status.js';
import { CreateUsers } from './changes/create-users.js';

const options = { type: 'better-sqlite3', database: 'import.sqlite' } as const;
const old = await new DataSource(options).initialize();
await old.query('CREATE TABLE migrations (id INTEGER PRIMARY KEY, timestamp BIGINT, name VARCHAR(255))');
await old.query(
  "INSERT INTO migrations (timestamp, name) VALUES (1700000000000, 'CreateUsers1700000000000')",
);
await old.query("INSERT INTO migrations (timestamp, name) VALUES (1700000000001, 'Forgotten1700000000001')");
await old.destroy();

@Module({
  imports: [
    TypeOrmModule.forRoot(options),
    FlamingockModule.forRoot({
      auditStore: TypeOrmAuditStore.inject(),
      targetSystems: [TypeOrmTargetSystem.inject('user-db')],
      importHistory: [{ source: typeOrmMigrations.inject() }],
    }),
  ],
  providers: [CreateUsers, AddUserStatus],
})
class ImportModule {}

await NestFactory.createApplicationContext(ImportModule, { logger: false, abortOnError: false }).catch(
  (error: Error) => console.log(error.message),
);
