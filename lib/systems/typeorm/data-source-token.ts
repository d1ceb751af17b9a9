// The one value taken from TypeORM. Its ES module re-exports its CommonJS one, so that both have the same class.
import { DataSource } from 'typeorm';

/** What @nestjs/typeorm registers the default connection under. */
export const DEFAULT_DATA_SOURCE: typeof DataSource = DataSource;
