import { Apply, Change, Client } from 'nestjs-flamingock';
import type { QueryRunner } from 'typeorm';

@Change({ id: 'create-users', order: '0001', author: 'shop-team', targetSystem: 'shop-db', stage: 'schema' })
export class CreateUsers {
  @Apply()
  async apply(@Client() queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL)',
    );
  }
}
