import { CONTRACT_TIMEOUT_MS, type ContractRunner } from './contract-runner.js';

/** Tests by name. Each receives the workbench. */
export type Cases<B> = Readonly<Record<string, (bench: B) => Promise<void>>>;

/** Registers each case as a test of its own, under one subject. */
export function registerCases<B>(runner: ContractRunner, subject: string, bench: B, cases: Cases<B>): void {
  runner.describe(subject, () => {
    for (const [name, test] of Object.entries(cases)) runner.it(name, () => test(bench), CONTRACT_TIMEOUT_MS);
  });
}
