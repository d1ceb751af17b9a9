import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Somebody who buys in the shop. The table is made by changes, not by `synchronize`. */
@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column()
  email!: string;

  @Column()
  name!: string;

  @Column({ type: 'text' })
  status!: 'new' | 'regular';
}
