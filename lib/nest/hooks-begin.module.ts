import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Readiness } from './readiness.js';

/** Its hook is the first of all, those of global modules included: it tells that hooks have begun. */
@Module({ providers: [Readiness], exports: [Readiness] })
export class HooksBeginModule implements OnModuleInit {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    // Nest goes by distance, and gives global modules the largest number. Only an early error depends on this one.
    for (const module of modules.values())
      if (module.metatype === HooksBeginModule) module.distance = Infinity;
  }

  onModuleInit(): void {
    this.readiness.hooksBegin();
  }
}
