import { Apply, Change, Rollback } from 'nestjs-flamingock';
import type { QueryRunner } from 'typeorm';

/** A method with one parameter gets the main client of its target system; for a DataSource that is a QueryRunner. */
@Change({ id: 'create-orders', order: '0002', author: 'shop-team', targetSystem: 'shop-db', stage: 'schema' })
export class CreateOrders {
  @Apply()
  async apply(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE orders (
         id INTEGER PRIMARY KEY,
         user_id INTEGER NOT NULL REFERENCES users (id),
         items TEXT NOT NULL,
         total_cents INTEGER
       )`,
    );
    await queryRunner.query('CREATE INDEX orders_by_user ON orders (user_id)');
  }

  /** Only for undoing it on purpose: when `apply` fails, the transaction undoes it. */
  @Rollback()
  async rollback(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE orders');
  }
}
