import { type LoggerService, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Flamingock, FlamingockModule, type FlamingockOptions, InvalidChangesError } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryTargetSystem, PlainMemoryTargetSystem } from 'nestjs-flamingock/memory';

const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };

/** Options on memory systems: `db` is transactional, `broker` is not. */
export function memoryOptions(differences: Partial<FlamingockOptions> = {}): FlamingockOptions {
  return {
    auditStore: new MemoryAuditStore(),
    targetSystems: [new MemoryTargetSystem('db'), new PlainMemoryTargetSystem('broker')],
    ...differences,
  };
}

/** An app with these modules or providers, compiled and not yet booted. */
export function compiled(
  metadata: ModuleMetadata,
  options: FlamingockOptions = memoryOptions(),
  logger: LoggerService = SILENT,
): Promise<TestingModule> {
  const imports = [FlamingockModule.forRoot(options), ...(metadata.imports ?? [])];
  return Test.createTestingModule({ ...metadata, imports })
    .setLogger(logger)
    .compile();
}

/** A booted app and its service. */
export async function booted(
  metadata: ModuleMetadata,
  options?: FlamingockOptions,
  logger?: LoggerService,
): Promise<{ app: TestingModule; flamingock: Flamingock }> {
  const app = await compiled(metadata, options, logger);
  await app.init();
  return { app, flamingock: app.get(Flamingock) };
}

/** Everything that is wrong with an app, as its boot tells. */
export async function problemsOf(
  metadata: ModuleMetadata,
  options?: Partial<FlamingockOptions>,
): Promise<readonly string[]> {
  const app = await compiled(metadata, memoryOptions(options));
  const error: unknown = await app.init().then(
    () => new Error('the app booted'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof InvalidChangesError) return error.problems;
  throw error;
}
