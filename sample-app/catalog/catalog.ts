import { MongooseModule } from '@nestjs/mongoose';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { CreateCatalog } from '../changes/create-catalog.js';
import { FillCatalog } from '../changes/fill-catalog.js';
import type { Extras } from '../extras.js';
import { MongoDb } from '../mongodb/mongodb.js';
import { CatalogController } from './catalog.controller.js';
import { productSchema } from './product.js';

/** A catalog in MongoDB, and there too the audit of all changes, those of the other systems included. */
export function catalogIn(mongoDb: MongoDb): Extras {
  return {
    auditStore: MongooseAuditStore.inject(),
    targetSystems: [MongooseTargetSystem.inject('catalog')],
    imports: [
      MongooseModule.forRoot(mongoDb.url, {
        dbName: mongoDb.database,
        retryAttempts: 0,
        serverSelectionTimeoutMS: 5_000,
        // Collections and their indexes are made by changes.
        autoCreate: false,
        autoIndex: false,
      }),
      MongooseModule.forFeature([{ name: 'Product', schema: productSchema }]),
    ],
    controllers: [CatalogController],
    providers: [CreateCatalog, FillCatalog, { provide: MongoDb, useValue: mongoDb }],
  };
}
