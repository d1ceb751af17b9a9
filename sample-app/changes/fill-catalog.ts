import { getModelToken } from '@nestjs/mongoose';
import type { Connection, Model } from 'mongoose';
import { Apply, Change, Client, Rollback } from 'nestjs-flamingock';
import type { Product } from '../catalog/product.js';

const PRODUCTS: readonly Product[] = [
  { sku: 'sku-0', name: 'Teapot', category: 'kitchen' },
  { sku: 'sku-1', name: 'Cup', category: 'kitchen' },
  { sku: 'sku-2', name: 'Lamp', category: 'light' },
];

/** The model and the connection join one transaction, without a word of sessions. */
@Change({ id: 'fill-catalog', order: '0004', author: 'shop-team', targetSystem: 'catalog', stage: 'data' })
export class FillCatalog {
  @Apply()
  async apply(
    @Client(getModelToken('Product')) products: Model<Product>,
    @Client() connection: Connection,
  ): Promise<void> {
    await products.insertMany(PRODUCTS);
    const categories = await products.distinct('category');
    await connection.collection('categories').insertMany(categories.map((name) => ({ name })));
  }

  @Rollback()
  async rollback(
    @Client(getModelToken('Product')) products: Model<Product>,
    @Client() connection: Connection,
  ): Promise<void> {
    await products.deleteMany();
    await connection.collection('categories').deleteMany();
  }
}
