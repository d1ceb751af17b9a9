import { Controller, Get } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { Product } from './product.js';

/** What the shop sells. */
@Controller('catalog')
export class CatalogController {
  constructor(@InjectModel('Product') private readonly products: Model<Product>) {}

  @Get()
  all(): Promise<Product[]> {
    return this.products.find({}, { _id: 0, __v: 0 }).sort({ sku: 1 }).lean<Product[]>();
  }
}
