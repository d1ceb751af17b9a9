import { Apply, Change, Rollback } from 'nestjs-flamingock';
import type { QueryRunner } from 'typeorm';
import { OldShop } from '../shop/old-shop.js';

/** What a change needs besides its target system, it takes in its constructor, as any provider does. */
@Change({ id: 'import-old-shop', order: '0001', author: 'shop-team', targetSystem: 'shop-db', stage: 'data' })
export class ImportOldShop {
  constructor(private readonly oldShop: OldShop) {}

  @Apply()
  async apply(queryRunner: QueryRunner): Promise<void> {
    for (const { id, email, name } of this.oldShop.customers())
      await queryRunner.query('INSERT INTO users (id, email, name) VALUES (?, ?, ?)', [id, email, name]);
    for (const { userId, items } of this.oldShop.orders())
      await queryRunner.query('INSERT INTO orders (user_id, items) VALUES (?, ?)', [
        userId,
        JSON.stringify(items),
      ]);
  }

  @Rollback()
  async rollback(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM orders');
    await queryRunner.query('DELETE FROM users');
  }
}
