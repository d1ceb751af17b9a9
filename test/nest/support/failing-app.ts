/**
 * A process of its own that fails as an app in production does: on a Nest logger, with a `main.ts` that catches nothing.
 *
 * Environment: FAILS (what fails: a `statement` of a change, or its own `code`).
 */
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { Apply, Change, FlamingockModule } from '../../../lib/index.js';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from '../../../lib/systems/typeorm/index.js';

@Change({ id: 'create-users', order: '0001', author: 'team', targetSystem: 'db' })
class CreateUsers {
  @Apply()
  async apply(manager: EntityManager): Promise<void> {
    await manager.query('CREATE TABLE users (id INTEGER)');
  }
}

@Change({ id: 'name-users', order: '0002', author: 'team', targetSystem: 'db' })
class NameUsers {
  @Apply()
  async apply(manager: EntityManager): Promise<void> {
    if (process.env.FAILS === 'code') throw new Error('cannot name', { cause: new Error('no names left') });
    await manager.query('UPDATE users SET nickname = ?', ['nobody']);
  }
}

class RootModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create({
    module: RootModule,
    imports: [
      TypeOrmModule.forRoot({ type: 'better-sqlite3', database: ':memory:' }),
      FlamingockModule.forRoot({
        auditStore: TypeOrmAuditStore.inject(),
        targetSystems: [TypeOrmTargetSystem.inject('db')],
      }),
    ],
    providers: [CreateUsers, NameUsers],
  });
  await app.listen(0);
}

void bootstrap();
