import type { ModuleMetadata } from '@nestjs/common';
import type { FlamingockOptions } from 'nestjs-flamingock';

/** What a flag adds to the shop: `--fail` and `--crash` a change, `--mongodb` a catalog and another place for the audit. */
export type Extras = Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> &
  Partial<Pick<FlamingockOptions, 'auditStore' | 'targetSystems'>>;
