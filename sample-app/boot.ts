import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FlamingockError } from 'nestjs-flamingock';
import { AppModule } from './app.module.js';
import { makeFolder } from './data-folder.js';
import type { Extras } from './extras.js';
import { startPaymentsCompany } from './payments/payments-company.js';
import { choosePort } from './port.js';
import { QuietLogger } from './quiet.logger.js';
import { SampleSettings } from './sample-settings.js';

/** The shop, and the company it depends on. */
export interface RunningSample {
  readonly app: INestApplication;
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Boots the shop: `listen` runs its changes before it opens the port.
 *
 * @returns undefined when a change failed; what was printed says why, and the exit code is 1
 */
export async function boot(dataFolder: string, extras: Extras = {}): Promise<RunningSample | undefined> {
  makeFolder(dataFolder);
  const port = await choosePort();
  const payments = await startPaymentsCompany(dataFolder);
  const settings = new SampleSettings(dataFolder, payments.url);
  const app = await NestFactory.create(AppModule.forSample(settings, extras), {
    logger: new QuietLogger(),
  });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  const close = async () => {
    await app.close();
    await payments.close();
  };
  if (await opens(app, port)) return { app, url: await urlOf(app), close };
  process.exitCode = 1;
  await close();
  return undefined;
}

async function opens(app: INestApplication, port: number): Promise<boolean> {
  try {
    await app.listen(port);
    return true;
  } catch (error) {
    if (!(error instanceof FlamingockError)) throw error;
    // The log has the report; the error says why, and what to do about it.
    console.error(error);
    return false;
  }
}

/** As people type it: Nest names the address that it listens on, `[::1]`. */
async function urlOf(app: INestApplication): Promise<string> {
  return `http://localhost:${new URL(await app.getUrl()).port}`;
}
