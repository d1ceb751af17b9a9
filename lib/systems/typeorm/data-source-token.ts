// The only value import from TypeORM. Its ES module re-exports its CommonJS module, so that both have the same class.
import { DataSource } from 'typeorm';

/** The token of the default DataSource of `@nestjs/typeorm`. */
export const DEFAULT_DATA_SOURCE: typeof DataSource = DataSource;
