import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { PaymentsApiController } from './payments-api.controller.js';
import { ProviderState } from './provider-state.js';

@Module({})
class PaymentsCompany {
  static remembering(file: string): DynamicModule {
    return {
      module: PaymentsCompany,
      controllers: [PaymentsApiController],
      providers: [{ provide: ProviderState, useValue: new ProviderState(file) }],
    };
  }
}

/** A running stand-in for the payments company. */
export interface RunningPaymentsCompany {
  readonly url: string;
  close(): Promise<void>;
}

/** Plays the payments company on a free port of this machine. Nothing of it belongs to the shop. */
export async function startPaymentsCompany(dataFolder: string): Promise<RunningPaymentsCompany> {
  const file = join(dataFolder, 'payments-company.json');
  const app = await NestFactory.create(PaymentsCompany.remembering(file), { logger: false });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}
