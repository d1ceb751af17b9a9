import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';

@Injectable()
export class Totals {
  async missing(manager: EntityManager): Promise<number[]> {
    const rows = await manager.query<{ id: number }[]>('SELECT id FROM orders WHERE total IS NULL');
    return rows.map(({ id }) => id);
  }

  async fill(manager: EntityManager, id: number): Promise<void> {
    await manager.query('UPDATE orders SET total = 0 WHERE id = ?', [id]);
  }
}
