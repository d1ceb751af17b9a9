import { Controller, Get } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { FeatureFlags } from './feature-flags.js';
import { Order } from './order.entity.js';
import { User } from './user.entity.js';

/** The shop itself: it uses what the changes made, and knows nothing of them. */
@Controller()
export class ShopController {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    private readonly features: FeatureFlags,
  ) {}

  @Get('users')
  allUsers(): Promise<User[]> {
    return this.users.find({ order: { id: 'ASC' } });
  }

  @Get('orders')
  latestOrders(): Promise<Order[]> {
    return this.orders.find({ order: { id: 'DESC' }, take: 10 });
  }

  @Get('features')
  allFeatures(): Promise<Record<string, boolean>> {
    return this.features.all();
  }
}
