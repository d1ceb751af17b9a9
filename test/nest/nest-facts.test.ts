/** What this library knows about Nest and relies on. A Nest release that changes one of these fails here first. */
import {
  Global,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  Scope,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModuleRef, ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';

const compile = (metadata: Parameters<typeof Test.createTestingModule>[0]): Promise<TestingModule> =>
  Test.createTestingModule(metadata)
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .compile();

@Injectable()
class Service {}

function wrappersOf(app: TestingModule, token: unknown) {
  return [...app.get(ModulesContainer).values()].flatMap(({ name, providers }) =>
    [...providers].filter(([key]) => key === token).map(([, wrapper]) => ({ module: name, wrapper })),
  );
}

describe('providers', () => {
  it('DiscoveryService without a key lists those made by useFactory and useValue, too', async () => {
    const made = { provide: 'MADE', useFactory: () => new Service() };
    const given = { provide: 'GIVEN', useValue: new Service() };
    const app = await compile({ imports: [DiscoveryModule], providers: [made, given] });
    const instances = app
      .get(DiscoveryService)
      .getProviders()
      .map(({ instance }) => instance as unknown);
    expect(instances.filter((instance) => instance instanceof Service)).toHaveLength(2);
  });

  it('a class in two modules has two wrappers and two instances', async () => {
    @Module({ providers: [Service] })
    class First {}
    @Module({ providers: [Service] })
    class Second {}
    const found = wrappersOf(await compile({ imports: [First, Second] }), Service);
    expect(found.map(({ module }) => module)).toEqual(['First', 'Second']);
    expect(new Set(found.map(({ wrapper }) => wrapper.instance)).size).toBe(2);
  });

  it('an alias has a wrapper of its own that says so and holds the same instance', async () => {
    const app = await compile({ providers: [Service, { provide: 'ALIAS', useExisting: Service }] });
    const [{ wrapper } = { wrapper: undefined }] = wrappersOf(app, 'ALIAS');
    expect(wrapper?.isAlias).toBe(true);
    expect(wrapper?.instance).toBe(app.get(Service));
  });

  it('request scope shows in the wrapper, and reaches whatever injects it', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {}
    @Injectable()
    class Dependent {
      constructor(readonly perRequest: PerRequest) {}
    }
    const app = await compile({ providers: [PerRequest, Dependent, Service] });
    const isStatic = (token: unknown) => wrappersOf(app, token)[0]?.wrapper.isDependencyTreeStatic();
    expect([PerRequest, Dependent, Service].map(isStatic)).toEqual([false, false, true]);
  });

  it('every module holds its own ModuleRef among its providers', async () => {
    @Module({})
    class Other {}
    const refs = wrappersOf(await compile({ imports: [Other] }), ModuleRef).map(
      ({ wrapper }) => wrapper.instance as unknown,
    );
    expect(refs.length).toBeGreaterThanOrEqual(2);
    expect(refs.every((ref) => ref instanceof ModuleRef)).toBe(true);
    expect(new Set(refs).size).toBe(refs.length);
  });
});

describe('@Inject on a method parameter', () => {
  it('leaves the index on the prototype and forgets the method: two methods collide', () => {
    class Colliding {
      first(@Inject('A') _a: unknown): void {}
      second(@Inject('B') _b: unknown): void {}
    }
    expect(Reflect.getOwnMetadata('self:paramtypes', Colliding.prototype)).toEqual([
      { index: 0, param: 'A' },
      { index: 0, param: 'B' },
    ]);
    expect(Reflect.hasOwnMetadata('self:paramtypes', Colliding)).toBe(false);
  });

  it('on a constructor parameter leaves it on the class', () => {
    class Sound {
      constructor(@Inject('A') readonly a: unknown) {}
    }
    expect(Reflect.hasOwnMetadata('self:paramtypes', Sound.prototype)).toBe(false);
    expect(Reflect.hasOwnMetadata('self:paramtypes', Sound)).toBe(true);
  });
});

describe('ModuleRef.create', () => {
  class Taker {
    constructor(readonly value: unknown) {}
  }
  const takerOf = (token: unknown): typeof Taker => {
    class Throwaway extends Taker {}
    Reflect.defineMetadata('design:paramtypes', [token], Throwaway);
    return Throwaway;
  };

  it('gives a throw-away class what its module can reach, and only that', async () => {
    @Injectable()
    class Hidden {}
    @Module({ providers: [Service, Hidden], exports: [Service] })
    class Exporting {}
    @Module({ imports: [Exporting] })
    class Importing {}
    const app = await compile({ imports: [Importing] });
    const moduleRef = wrappersOf(app, ModuleRef).find(({ module }) => module === 'Importing')?.wrapper
      .instance as ModuleRef;
    const taker = await moduleRef.create(takerOf(Service));
    expect(taker.value).toBe(app.get(Service, { strict: false }));
    await expect(moduleRef.create(takerOf(Hidden))).rejects.toThrow("can't resolve dependencies of");
  });
});

describe('hooks', () => {
  const order: string[] = [];

  class Hooks implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
    constructor(readonly name: string) {}
    onModuleInit = () => void order.push(`${this.name} init`);
    onApplicationBootstrap = () => void order.push(`${this.name} bootstrap`);
    onModuleDestroy = () => void order.push(`${this.name} destroy`);
    onApplicationShutdown = () => void order.push(`${this.name} shutdown`);
  }
  const hooks = (name: string) => ({ provide: 'HOOKS', useFactory: () => new Hooks(name) });

  it('bootstrap of a global module goes first; onModuleInit of all goes before; connections may close in shutdown, after destroy', async () => {
    @Module({ providers: [hooks('deep')] })
    class Deep {}
    @Module({ imports: [Deep], providers: [hooks('feature')] })
    class Feature {}
    @Global()
    @Module({ providers: [hooks('global')] })
    class GlobalModule {}
    order.length = 0;
    const app = await compile({ imports: [Feature, GlobalModule] });
    expect(order).toEqual([]);
    await app.init();
    const inits = order.filter((line) => line.endsWith('init'));
    expect(order.slice(0, 3).sort()).toEqual(inits.sort());
    expect(order[3]).toBe('global bootstrap');
    order.length = 0;
    await app.close();
    expect(order.slice(0, 3).every((line) => line.endsWith('destroy'))).toBe(true);
    expect(order.slice(3).every((line) => line.endsWith('shutdown'))).toBe(true);
  });

  it("onModuleInit goes by the modules' distance, largest first; global ones have the largest number, and Infinity goes before them", async () => {
    @Global()
    @Module({ providers: [hooks('global')] })
    class GlobalModule {}
    @Module({ providers: [hooks('deep')] })
    class Deep {}
    @Module({ imports: [Deep], providers: [hooks('shallow')] })
    class Shallow {}
    @Module({ providers: [hooks('first')] })
    class First {
      constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
        for (const module of modules.values()) if (module.metatype === First) module.distance = Infinity;
      }
    }
    order.length = 0;
    const app = await compile({ imports: [GlobalModule, Shallow, First] });
    const distanceOf = new Map(
      [...app.get(ModulesContainer).values()].map(({ name, distance }) => [name, distance]),
    );
    expect(distanceOf.get('GlobalModule')).toBe(Number.MAX_VALUE);
    expect(distanceOf.get('Deep')).toBeGreaterThan(distanceOf.get('Shallow') ?? NaN);
    await app.init();
    expect(order.filter((line) => line.endsWith('init'))).toEqual([
      'first init',
      'global init',
      'deep init',
      'shallow init',
    ]);
    await app.close();
  });

  it('a throw in a bootstrap hook rejects init, and no destroy hook follows', async () => {
    let isDestroyed = false;
    const failing = {
      provide: 'FAILING',
      useValue: {
        onApplicationBootstrap: () => Promise.reject(new Error('no')),
        onModuleDestroy: () => (isDestroyed = true),
      },
    };
    const app = await compile({ providers: [failing] });
    await expect(app.init()).rejects.toThrow('no');
    expect(isDestroyed).toBe(false);
  });
});
