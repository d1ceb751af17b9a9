import { Apply, Change, ChangeContext, Rollback } from 'nestjs-flamingock';
import { EntityManager, IsNull } from 'typeorm';
import { Order, type OrderItem } from '../shop/order.entity.js';

const BATCH = 100;

/** A long change works in batches, says how far it is, and stops between two of them when it is asked to. */
@Change({
  id: 'backfill-order-totals',
  order: '0003',
  author: 'shop-team',
  targetSystem: 'shop-db',
  stage: 'data',
  timeout: '5m',
})
export class BackfillOrderTotals {
  @Apply()
  async apply(manager: EntityManager, context: ChangeContext): Promise<void> {
    const total = await manager.countBy(Order, { totalCents: IsNull() });
    for (let done = 0; done < total; done += BATCH) {
      context.signal.throwIfAborted();
      await this.fillBatch(manager);
      context.progress(Math.min(done + BATCH, total), total);
    }
  }

  @Rollback()
  async rollback(manager: EntityManager): Promise<void> {
    await manager.createQueryBuilder().update(Order).set({ totalCents: null }).execute();
  }

  private async fillBatch(manager: EntityManager): Promise<void> {
    const orders = await manager.find(Order, {
      select: { id: true, items: true },
      where: { totalCents: IsNull() },
      take: BATCH,
    });
    for (const { id, items } of orders) await manager.update(Order, id, { totalCents: totalOf(items) });
  }
}

function totalOf(items: readonly OrderItem[]): number {
  return items.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0);
}
