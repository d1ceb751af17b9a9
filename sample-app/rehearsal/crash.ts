import { Flamingock } from 'nestjs-flamingock';
import { boot } from '../boot.js';
import { REHEARSAL_FOLDER } from '../data-folder.js';
import { deploy, deployAsItWas, paymentsCompany, plansAtTheCompany, say } from './deployment.js';
import { providersOf } from './versions.js';

/** `--crash`: the process dies within a change that has no transaction and no `@Verify`; a person decides. */
export async function rehearseCrash(): Promise<void> {
  await deployAsItWas();
  say('First boot with a new change. After the first of its two calls the power fails.');
  const first = await deploy('power-fails');
  say(
    `The process is gone: ${first}. Plans at the payments company: ${plansAtTheCompany()}, which only it knows.`,
  );
  say('Next boot. It waits until the lease of the dead process has run out, and then does not guess.');
  const next = await deploy('correct');
  say(`The shop did not open: exit code ${next}. A person looks, removes that plan, and says so.`);
  await resolveByHand();
  say('Next boot.');
  const last = await deploy('correct');
  say(
    `The shop opened, and was closed: exit code ${last}. Plans at the payments company: ${plansAtTheCompany()}.`,
  );
  process.exitCode = first === 'SIGKILL' && next === 1 && last === 0 ? 0 : 1;
}

/** Boots without running anything, which is how one gets at the service of an app that does not start. */
async function resolveByHand(): Promise<void> {
  for (const { id } of paymentsCompany().list('plans')) paymentsCompany().remove('plans', id);
  process.env['FLAMINGOCK_ON_BOOTSTRAP'] = 'skip';
  const shop = await boot(REHEARSAL_FOLDER, { providers: providersOf('correct') });
  const reason = 'half of it was there; removed by hand';
  const entry = await shop?.app.get(Flamingock).resolve('offer-instalments', 'rolled-back', { reason });
  console.log(`\nflamingock.resolve('offer-instalments', 'rolled-back', …) wrote ${entry?.state}`);
  await shop?.close();
  delete process.env['FLAMINGOCK_ON_BOOTSTRAP'];
}
