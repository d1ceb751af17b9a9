/** The part of migrate-mongo that the tests use; it has no types of its own. */
declare module 'migrate-mongo' {
  import type { Db, MongoClient } from 'mongodb';

  interface Config {
    readonly migrationsDir: string;
    readonly changelogCollectionName: string;
    readonly lockCollectionName: string;
    readonly lockTtl: number;
    readonly migrationFileExtension: string;
    readonly useFileHash: boolean;
    readonly moduleSystem: 'esm' | 'commonjs';
  }

  export const config: { set(config: Config): void };
  export function up(db: Db, client: MongoClient): Promise<string[]>;
  export function down(db: Db, client: MongoClient): Promise<string[]>;
}
