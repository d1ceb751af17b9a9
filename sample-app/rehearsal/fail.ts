import { deploy, deployAsItWas, plansAtTheCompany, say } from './deployment.js';

/** `--fail`: a change fails and is rolled back; the next boot, with the mistake corrected, goes through. */
export async function rehearseFailure(): Promise<void> {
  await deployAsItWas();
  say("First boot with a new change. Its second call has a mistake: the currency 'EURO'.");
  const first = await deploy('mistaken');
  say(
    `The shop did not open: exit code ${first}. Its first call had made a plan, and the rollback removed it.\n` +
      `   Plans at the payments company: ${plansAtTheCompany()}.`,
  );
  say("Next boot. The mistake is corrected to 'EUR'; nothing else was done.");
  const next = await deploy('correct');
  say(
    `The shop opened, and was closed: exit code ${next}. Plans at the payments company: ${plansAtTheCompany()}.`,
  );
  process.exitCode = first === 1 && next === 0 ? 0 : 1;
}
