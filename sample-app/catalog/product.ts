import { Schema } from 'mongoose';

/** Something that the shop sells. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
}

/** Its collection and index are made by a change. */
export const productSchema = new Schema<Product>({ sku: String, name: String, category: String });
