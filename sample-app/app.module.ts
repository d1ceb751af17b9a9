import { HttpModule, HttpService } from '@nestjs/axios';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FlamingockModule } from 'nestjs-flamingock';
import { FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { RestTargetSystem } from 'nestjs-flamingock/rest';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { CHANGES } from './changes/changes.js';
import type { Extras } from './extras.js';
import { OperationsController } from './operations.controller.js';
import { SampleSettings } from './sample-settings.js';
import { FeatureFlags } from './shop/feature-flags.js';
import { OldShop } from './shop/old-shop.js';
import { Order } from './shop/order.entity.js';
import { ShopController } from './shop/shop.controller.js';
import { User } from './shop/user.entity.js';

@Module({})
export class AppModule {
  static forSample(settings: SampleSettings, extras: Extras): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          ...(extras.database ?? { type: 'better-sqlite3', database: settings.database }),
          entities: [User, Order],
          // The tables are made by changes.
          synchronize: false,
        }),
        TypeOrmModule.forFeature([User, Order]),
        HttpModule.register({ baseURL: settings.paymentsUrl }),
        FlamingockModule.forRoot({
          auditStore: extras.auditStore ?? TypeOrmAuditStore.inject(),
          targetSystems: [
            TypeOrmTargetSystem.inject('shop-db'),
            new FileSystemTargetSystem('features', { root: settings.featuresFolder }),
            RestTargetSystem.inject('payments', HttpService),
            ...(extras.targetSystems ?? []),
          ],
          stages: ['schema', 'data', 'release'],
          // Short, so that nobody waits long after `--crash`; the default is 30 s.
          lock: { lease: '5s' },
        }),
        ...(extras.imports ?? []),
      ],
      controllers: [ShopController, OperationsController, ...(extras.controllers ?? [])],
      providers: [
        { provide: SampleSettings, useValue: settings },
        FeatureFlags,
        OldShop,
        ...CHANGES,
        ...(extras.providers ?? []),
      ],
    };
  }
}
