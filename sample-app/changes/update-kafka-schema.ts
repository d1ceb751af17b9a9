import { Apply, Change, Rollback, Recipes, Verify } from 'nestjs-flamingock';
import { SchemaRegistry } from 'nestjs-flamingock/schema-registry';

const SUBJECT = 'orders-value';

const ORDER = {
  schema: {
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'status', type: 'string', default: 'new' },
    ],
  },
};

/** The events of the shop's orders, as those who read them know them. */
@Change({
  id: 'update-kafka-schema',
  order: '0006',
  author: 'shop-team',
  targetSystem: 'schemas',
  stage: 'release',
})
export class UpdateKafkaSchema {
  @Apply()
  async apply(registry: SchemaRegistry): Promise<void> {
    await registry.register(SUBJECT, ORDER, { compatibility: 'BACKWARD' });
  }

  /** What each operation of this attempt found before is known: it is put back, newest first. */
  @Rollback()
  async rollback(recipes: Recipes): Promise<void> {
    await recipes.undo();
  }

  /** A level that is tighter than the one before is set after the registration: both are looked at. */
  @Verify()
  async verify(registry: SchemaRegistry): Promise<boolean> {
    const registered = await registry.isRegistered(SUBJECT, ORDER);
    return registered && (await registry.compatibility(SUBJECT)) === 'BACKWARD';
  }
}
