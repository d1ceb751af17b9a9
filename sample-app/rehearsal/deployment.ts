import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Flamingock } from 'nestjs-flamingock';
import { boot, type RunningSample } from '../boot.js';
import { emptyFolder, REHEARSAL_FOLDER } from '../data-folder.js';
import { ProviderState } from '../payments/provider-state.js';
import { providersOf } from './versions.js';

/** Deploys the shop without the new change. */
export async function deployAsItWas(): Promise<void> {
  emptyFolder(REHEARSAL_FOLDER);
  say('The shop as it was: its nine changes are applied (that boot is not shown).');
  await deploy('as-it-was', 'ignore');
}

/** Boots a version as a process of its own, as a deployment does. @returns its exit code, or the signal that ended it */
export function deploy(version: string, output: 'inherit' | 'ignore' = 'inherit'): Promise<number | string> {
  return deployBoot(['--boot', version], output);
}

/** Starts this program as a process of its own. @returns its exit code, or the signal that ended it */
export async function deployBoot(
  flags: readonly string[],
  output: 'inherit' | 'ignore' = 'inherit',
): Promise<number | string> {
  const main = join(import.meta.dirname, '..', 'main.js');
  const env = { ...process.env, PORT: '0' };
  const child = spawn(process.execPath, [main, ...flags], { stdio: output, env });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? String(signal);
}

/** What that process does: boots, prints what the audit knows of the new change, and ends. */
export async function bootVersion(version = ''): Promise<void> {
  const shop = await boot(REHEARSAL_FOLDER, { providers: providersOf(version) });
  if (!shop) return;
  await printAudit(shop, 'offer-instalments');
  await shop.close();
}

/** The plans that the payments company has now, seen by its own eyes. */
export function plansAtTheCompany(): string {
  const plans = paymentsCompany().list('plans');
  return plans.length ? plans.map(({ months }) => `${String(months)} months`).join(', ') : 'none';
}

/** The payments company's memory, for a rehearsal that acts in its place while the shop is down. */
export function paymentsCompany(): ProviderState {
  return new ProviderState(join(REHEARSAL_FOLDER, 'payments-company.json'));
}

export function say(text: string): void {
  console.log(`\n── ${text}\n`);
}

export async function printAudit({ app }: RunningSample, changeId: string): Promise<void> {
  console.log(`\nWhat the audit says about '${changeId}':`);
  for await (const { at, attempt, state, reason } of app.get(Flamingock).history({ changeId }))
    console.log(`  ${at}  attempt ${attempt}  ${state}${reason ? `: ${reason}` : ''}`);
}
