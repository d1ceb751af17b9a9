import { Apply, Change, Client, Rollback } from 'nestjs-flamingock';
import { EntityManager, type QueryRunner } from 'typeorm';
import { User } from '../shop/user.entity.js';

/** A column and its values, in one transaction: `manager` and `queryRunner` are two doors to the same connection. */
@Change({ id: 'add-user-status', order: '0002', author: 'shop-team', targetSystem: 'shop-db', stage: 'data' })
export class AddUserStatus {
  @Apply()
  async apply(manager: EntityManager, @Client() queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE users ADD COLUMN status TEXT NOT NULL DEFAULT 'new'");
    await manager
      .createQueryBuilder()
      .update(User)
      .set({ status: 'regular' })
      .where('(SELECT COUNT(*) FROM orders WHERE orders.user_id = users.id) > 50')
      .execute();
  }

  @Rollback()
  async rollback(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users DROP COLUMN status');
  }
}
