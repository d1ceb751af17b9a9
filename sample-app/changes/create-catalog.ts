import type { Connection } from 'mongoose';
import { Apply, Change, Client } from 'nestjs-flamingock';

/** With the audit in the same MongoDB, what a change does and the record of it are one commit. */
@Change({
  id: 'create-catalog',
  order: '0003',
  author: 'shop-team',
  targetSystem: 'catalog',
  stage: 'schema',
})
export class CreateCatalog {
  @Apply()
  async apply(@Client() connection: Connection): Promise<void> {
    const products = await connection.createCollection('products');
    await products.createIndex({ sku: 1 }, { unique: true });
  }
}
