import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnModuleInit,
  Optional,
  type Provider,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { InvalidChangesError } from '../core/model/errors.js';
import { Flamingock } from './flamingock.service.js';
import {
  FLAMINGOCK_OPTIONS,
  type FlamingockAsyncOptions,
  type FlamingockOptions,
  type FlamingockOptionsFactory,
} from './options/flamingock-options.js';
import { FlamingockLifecycle } from './running/lifecycle.js';
import { Readiness } from './running/readiness.js';
import { RunQueue } from './running/run-queue.js';
import { FlamingockWiring } from './wiring.js';

/** Its `onModuleInit` runs before all others, those of global modules included: it marks the beginning of the hooks. */
@Module({ providers: [Readiness], exports: [Readiness] })
class HooksBeginModule implements OnModuleInit {
  readonly #readiness: Readiness;

  constructor(readiness: Readiness, @Inject(ModulesContainer) modules: ModulesContainer) {
    this.#readiness = readiness;
    // Nest sorts modules by distance, and global modules have the largest. Only the early error of `whenReady` depends on this.
    for (const module of modules.values())
      if (module.metatype === HooksBeginModule) module.distance = Infinity;
  }

  onModuleInit(): void {
    this.#readiness.hooksBegin();
  }
}

/**
 * Runs the changes of an app when it boots, before any other module's `onApplicationBootstrap`.
 *
 * Import `forRoot` or `forRootAsync` once, in the root module. It is global: `Flamingock` is injectable anywhere.
 */
@Module({})
export class FlamingockModule {
  constructor(@Optional() flamingock?: Flamingock) {
    if (!flamingock)
      throw new InvalidChangesError([
        'FlamingockModule is imported without options, so no change would ever run; import FlamingockModule.forRoot({ … }) in the root module',
      ]);
  }

  static forRoot(options: FlamingockOptions): DynamicModule {
    return moduleOf([{ provide: FLAMINGOCK_OPTIONS, useValue: options }]);
  }

  /** @throws Error unless it is given exactly one of `useFactory`, `useClass`, `useExisting` */
  static forRootAsync(options: FlamingockAsyncOptions): DynamicModule {
    return moduleOf([...optionsProviders(options), ...(options.extraProviders ?? [])], options.imports);
  }
}

function moduleOf(providers: Provider[], imports: DynamicModule['imports'] = []): DynamicModule {
  return {
    module: FlamingockModule,
    // Only a global module's hook runs before those of all others.
    global: true,
    imports: [HooksBeginModule, ...imports],
    providers: [...providers, runQueue, FlamingockWiring, Flamingock, FlamingockLifecycle],
    exports: [Flamingock],
  };
}

const runQueue: Provider = {
  provide: RunQueue,
  inject: [FlamingockWiring],
  useFactory: ({ options }: FlamingockWiring) =>
    new RunQueue({
      stopOnSignals: options.stopOnSignals,
      onSignal: (signal) =>
        new Logger('Flamingock').warn(
          `${signal}: stopping at the next safe point; send it again to stop at once`,
        ),
    }),
};

function optionsProviders(options: FlamingockAsyncOptions): Provider[] {
  const { useFactory, useClass, useExisting, inject = [] } = options;
  const given = [useFactory, useClass, useExisting].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new Error(
      'FlamingockModule.forRootAsync takes exactly one of useFactory, useClass and useExisting.',
    );
  if (useFactory) return [{ provide: FLAMINGOCK_OPTIONS, useFactory, inject }];
  const factory = useClass ?? useExisting!;
  return [
    ...(useClass ? [useClass] : []),
    {
      provide: FLAMINGOCK_OPTIONS,
      inject: [factory],
      useFactory: (made: FlamingockOptionsFactory) => made.createFlamingockOptions(),
    },
  ];
}
