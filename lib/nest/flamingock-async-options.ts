import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common';
import type { FlamingockOptions } from './flamingock-options.js';

/** A class that makes the module's options. */
export interface FlamingockOptionsFactory {
  createFlamingockOptions(): FlamingockOptions | Promise<FlamingockOptions>;
}

/** What `FlamingockModule.forRootAsync` takes: exactly one of `useFactory`, `useClass`, `useExisting`. */
export interface FlamingockAsyncOptions {
  /**
   * Modules whose providers the factory needs.
   *
   * @default []
   */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * What `useFactory` is called with.
   *
   * @default []
   */
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory?: FactoryProvider<FlamingockOptions | Promise<FlamingockOptions>>['useFactory'];
  readonly useClass?: Type<FlamingockOptionsFactory>;
  readonly useExisting?: Type<FlamingockOptionsFactory>;
  /**
   * Providers that the factory needs and no module has.
   *
   * @default []
   */
  readonly extraProviders?: readonly Provider[];
}
