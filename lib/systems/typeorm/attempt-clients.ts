import { DataSource, EntityManager, type QueryRunner } from 'typeorm';
import type { Clients } from '../../core/model/target-system.js';

/** What a change can ask for. TypeORM's `QueryRunner` is an interface, so its only token is a text. */
export function clientsOf(runner: QueryRunner, dataSource: DataSource): Clients {
  return [
    { token: 'QueryRunner', instance: runner },
    { token: 'EntityManager', instance: runner.manager },
    { token: EntityManager, instance: runner.manager },
    { token: 'DataSource', instance: dataSource },
    { token: DataSource, instance: dataSource },
  ];
}
