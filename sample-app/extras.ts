import type { ModuleMetadata } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { FlamingockOptions } from 'nestjs-flamingock';

/** What a flag adds to the shop: `--fail` and `--crash` a change, `--mongodb` a catalog, `--full` systems; and other places. */
export interface Extras
  extends
    Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'>,
    Partial<Pick<FlamingockOptions, 'auditStore' | 'targetSystems'>> {
  /** The shop's own database. @default a SQLite file */
  readonly database?: TypeOrmModuleOptions;
}
