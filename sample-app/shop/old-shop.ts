import { Injectable } from '@nestjs/common';
import type { OrderItem } from './order.entity.js';

const NAMES = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony', 'Frances'];

/** What the shop's predecessor left behind: its customers and their orders. */
@Injectable()
export class OldShop {
  customers(): { id: number; name: string; email: string }[] {
    return NAMES.map((name, index) => ({
      id: index + 1,
      name,
      email: `${name.toLowerCase()}@example.com`,
    }));
  }

  orders(): { id: number; userId: number; items: OrderItem[] }[] {
    return Array.from({ length: 500 }, (_, index) => ({
      id: index + 1,
      // Most orders are those of a few: that is what makes them regular customers.
      userId: 1 + ((index * index) % NAMES.length),
      items: [{ sku: `sku-${index % 7}`, quantity: 1 + (index % 3), cents: 250 + 50 * (index % 11) }],
    }));
  }
}
