import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Flamingock } from 'nestjs-flamingock';
import { boot } from './boot.js';
import { INSTALMENT_TERMS, type InstalmentTerms, OfferInstalments } from './changes/offer-instalments.js';
import { emptyFolder, REHEARSAL_FOLDER } from './data-folder.js';
import { ProviderState } from './payments/provider-state.js';

/** The two versions of the new change that get deployed. */
const TERMS: Readonly<Record<string, readonly InstalmentTerms[]>> = {
  mistaken: [
    { months: 3, currency: 'EUR' },
    { months: 12, currency: 'EURO' },
  ],
  corrected: [
    { months: 3, currency: 'EUR' },
    { months: 12, currency: 'EUR' },
  ],
};

/** What `--fail` shows. Each boot is a process of its own, as each deployment is. */
export async function rehearseFailure(): Promise<void> {
  emptyFolder(REHEARSAL_FOLDER);
  say('The shop as it was: its nine changes are applied (that boot is not shown).');
  await bootAsProcess('as-it-was', 'ignore');
  say("First boot with a new change. Its second call has a mistake: the currency 'EURO'.");
  const first = await bootAsProcess('mistaken');
  say(`The shop did not open: exit code ${first}. Instalment plans at the payments company: ${plans()}.`);
  say("Next boot. The mistake is corrected to 'EUR'; nothing else was done.");
  const next = await bootAsProcess('corrected');
  say(`The shop opened, and was closed: exit code ${next}. Instalment plans: ${plans()}.`);
  process.exitCode = first === 1 && next === 0 ? 0 : 1;
}

/** One of those boots; prints what the audit knows of the new change, and ends. */
export async function bootVersion(version = ''): Promise<void> {
  const terms = TERMS[version];
  const rehearsed = terms ? [{ provide: INSTALMENT_TERMS, useValue: terms }, OfferInstalments] : [];
  const shop = await boot(REHEARSAL_FOLDER, rehearsed);
  if (!shop) return;
  console.log("\nWhat the audit says about 'offer-instalments':");
  const history = shop.app.get(Flamingock).history({ changeId: 'offer-instalments' });
  for await (const { at, attempt, state } of history) console.log(`  ${at}  attempt ${attempt}  ${state}`);
  await shop.close();
}

async function bootAsProcess(
  version: string,
  output: 'inherit' | 'ignore' = 'inherit',
): Promise<number | string> {
  const main = join(import.meta.dirname, 'main.js');
  const child = spawn(process.execPath, [main, '--rehearse', version], {
    stdio: output,
    env: { ...process.env, PORT: '0' },
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 'none';
}

function plans(): string {
  const found = new ProviderState(join(REHEARSAL_FOLDER, 'payments-company.json')).list('plans');
  if (!found.length) return 'none, the rollback removed what had been made';
  return found.map(({ months }) => `${String(months)} months`).join(', ');
}

function say(text: string): void {
  console.log(`\n── ${text}\n`);
}
