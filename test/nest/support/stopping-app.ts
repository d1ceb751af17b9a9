/**
 * A process of its own for tests of signals: boots an app whose second of three changes is slow, and says what happens.
 *
 * Environment: CONTEXT (an app without HTTP), HEEDS (the slow change ends when its signal fires), HOOKS
 * (`app.enableShutdownHooks()`), LISTENER (somebody else listens for SIGTERM, once), LOSES (no write of what became of the
 * slow change is answered), MODE (onBootstrap), UNDO (an undo waits for the run).
 */
import { type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { first } from 'rxjs';
import { type BootstrapMode, Flamingock, FlamingockModule } from '../../../lib/index.js';
import { MemoryAuditStore } from '../../../lib/systems/memory/index.js';
import { memoryOptions } from './apps.js';
import { changeThat, untilStopped } from './changes.js';

const { CONTEXT, HEEDS, HOOKS, LISTENER, LOSES, MODE = 'apply', SIGNALS = 'yes', UNDO } = process.env;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

class LossyAuditStore extends MemoryAuditStore {
  override append(...args: Parameters<MemoryAuditStore['append']>): Promise<void> {
    const isLost = args[0].some(({ changeId, state }) => changeId === 'two' && state !== 'STARTED');
    if (!isLost) return super.append(...args);
    say('entry lost');
    return Promise.reject(new Error('The connection was lost'));
  }
}

const auditStore = LOSES ? new LossyAuditStore() : new MemoryAuditStore();

class Connection implements OnApplicationShutdown {
  onApplicationShutdown(): void {
    say('connection closed');
  }
}

const slow = changeThat(
  async (_, { signal }) => {
    say('slow change begins');
    if (HEEDS) await untilStopped(signal);
    else await new Promise((done) => setTimeout(done, LOSES ? 0 : 1_200));
    say('slow change ends');
  },
  { id: 'two', order: '0002' },
);

class RootModule {}

const imports = [
  FlamingockModule.forRoot(
    memoryOptions({ auditStore, onBootstrap: MODE as BootstrapMode, stopOnSignals: SIGNALS === 'yes' }),
  ),
];
const providers = [
  Connection,
  slow,
  changeThat(undefined, { id: 'one' }),
  changeThat(undefined, { id: 'three', order: '0003' }),
];

async function sayWhatIsLeft(): Promise<void> {
  for await (const { changeId, state, reason } of auditStore.history())
    say(`entry ${changeId} ${state}${reason ? ` (${reason})` : ''}`);
  say(`lock ${(await auditStore.snapshot()).holder ? 'held' : 'free'}`);
}

async function undoAfterwards(): Promise<void> {
  const undone = app.get(Flamingock).undo({ all: true });
  await undone.then(
    () => say('undone'),
    () => say('not undone'),
  );
}

if (LISTENER) process.once('SIGTERM', () => setTimeout(() => say('the other listener is done'), 700));

const root = { module: RootModule, imports, providers };
const logger = ['error' as const, 'warn' as const, 'log' as const];
// The one is not yet booted, the other is, or boots in the background.
const app = CONTEXT
  ? await NestFactory.createApplicationContext(root, { logger })
  : await NestFactory.create(root, { logger });
if (HOOKS) app.enableShutdownHooks();
app
  .get(Flamingock)
  .events.subscribe((event) => event.type === 'run-finished' && say(`run ${event.report.status}`));
if (UNDO)
  app
    .get(Flamingock)
    .events.pipe(first(({ type }) => type === 'run-started'))
    .subscribe(() => void undoAfterwards());
try {
  await app.init();
  say('booted');
  await app.get(Flamingock).whenReady();
} catch (error) {
  say(`error ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`);
}
await sayWhatIsLeft();
// A process that has been told to go is kept: whoever swallowed the signal is found out.
await new Promise((done) => setTimeout(done, 1_500));
say('still alive');
process.exit(0);
