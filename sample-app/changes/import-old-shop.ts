import { Apply, Change, Rollback } from 'nestjs-flamingock';
import { EntityManager, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { OldShop } from '../shop/old-shop.js';
import { Order } from '../shop/order.entity.js';
import { User } from '../shop/user.entity.js';

/** What a change needs besides its target system, it takes in its constructor, as any provider does. */
@Change({ id: 'import-old-shop', order: '0001', author: 'shop-team', targetSystem: 'shop-db', stage: 'data' })
export class ImportOldShop {
  constructor(private readonly oldShop: OldShop) {}

  @Apply()
  async apply(manager: EntityManager): Promise<void> {
    // The columns by name: the entities know some that later changes add.
    await insert(manager, User, ['id', 'email', 'name'], this.oldShop.customers());
    await insert(manager, Order, ['id', 'userId', 'items'], this.oldShop.orders());
  }

  @Rollback()
  async rollback(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM orders');
    await queryRunner.query('DELETE FROM users');
  }
}

async function insert(
  manager: EntityManager,
  entity: EntityTarget<ObjectLiteral>,
  columns: string[],
  rows: object[],
): Promise<void> {
  await manager.createQueryBuilder().insert().into(entity, columns).values(rows).execute();
}
