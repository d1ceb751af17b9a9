import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One line of an order. */
export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
  readonly cents: number;
}

/** What a user bought. */
@Entity('orders')
export class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'user_id' })
  userId!: number;

  @Column('simple-json')
  items!: OrderItem[];

  @Column({ name: 'total_cents', type: 'integer', nullable: true })
  totalCents!: number | null;
}
