import type { MigrationInterface, QueryRunner } from 'typeorm';
import { statement } from './flamingock.js';

type MigrationClass = new () => MigrationInterface;

function migrationNumber(index: number): MigrationClass {
  return class implements MigrationInterface {
    // TypeORM orders migrations by the 13 digits at the end of the name.
    name = `Change${1_700_000_000_000 + index}`;

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(statement(index));
    }

    async down(): Promise<void> {}
  };
}

/** The peers of `count` changes in TypeORM's own migrations. */
export function migrations(count: number): MigrationClass[] {
  return Array.from({ length: count }, (_, index) => migrationNumber(index));
}
