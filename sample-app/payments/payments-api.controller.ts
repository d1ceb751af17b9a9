import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  ParseIntPipe,
  Post,
  Put,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ProviderState } from './provider-state.js';

const CURRENCIES = ['EUR', 'USD'];

/** The API of the payments company, as far as the shop needs it. */
@Controller()
export class PaymentsApiController {
  constructor(private readonly state: ProviderState) {}

  @Get('webhooks')
  webhooks() {
    return this.state.list('webhooks');
  }

  @Post('webhooks')
  addWebhook(@Body() webhook: Record<string, unknown>) {
    return this.state.add('webhooks', webhook);
  }

  @Delete('webhooks/:id')
  removeWebhook(@Param('id', ParseIntPipe) id: number): void {
    this.state.remove('webhooks', id);
  }

  @Get('prices')
  prices() {
    return this.state.prices();
  }

  @Put('prices')
  setPrices(@Body() prices: Record<string, number>) {
    this.state.setPrices(prices);
    return this.state.prices();
  }

  @Get('plans')
  plans() {
    return this.state.list('plans');
  }

  @Post('plans')
  addPlan(@Body() plan: { months: number; currency: string }) {
    if (!CURRENCIES.includes(plan.currency))
      throw new UnprocessableEntityException(`unknown currency '${plan.currency}'`);
    return this.state.add('plans', plan);
  }

  @Delete('plans/:id')
  removePlan(@Param('id', ParseIntPipe) id: number): void {
    this.state.remove('plans', id);
  }
}
