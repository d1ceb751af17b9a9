/**
 * A process of its own for tests of signals: boots an app whose second of three changes is slow, and says what happens.
 *
 * Environment: HEEDS (the slow change ends when its signal fires), HOOKS (`app.enableShutdownHooks()`),
 * LISTENER (somebody else listens for SIGTERM, once), MODE (onBootstrap).
 */
import { type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type BootstrapMode, Flamingock, FlamingockModule } from '../../../lib/index.js';
import { MemoryAuditStore } from '../../../lib/systems/memory/index.js';
import { memoryOptions } from './apps.js';
import { changeThat, untilStopped } from './changes.js';

const { HEEDS, HOOKS, LISTENER, MODE = 'apply', SIGNALS = 'yes' } = process.env;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const auditStore = new MemoryAuditStore();

class Connection implements OnApplicationShutdown {
  onApplicationShutdown(): void {
    say('connection closed');
  }
}

const slow = changeThat(
  async (_, { signal }) => {
    say('slow change begins');
    if (HEEDS) await untilStopped(signal);
    else await new Promise((done) => setTimeout(done, 600));
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

if (LISTENER) process.once('SIGTERM', () => setTimeout(() => say('the other listener is done'), 700));

const app = await NestFactory.create(
  { module: RootModule, imports, providers },
  { logger: ['error', 'warn', 'log'] },
);
if (HOOKS) app.enableShutdownHooks();
app
  .get(Flamingock)
  .events.subscribe((event) => event.type === 'run-finished' && say(`run ${event.report.status}`));
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
