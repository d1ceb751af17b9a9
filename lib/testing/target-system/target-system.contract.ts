import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { clientsContract } from './clients.contract.js';
import { connectContract } from './connect.contract.js';
import { fenceRowContract } from './fence-row.contract.js';
import { lateUseContract } from './late-use.contract.js';
import { leaksContract } from './leaks.contract.js';
import { markersContract } from './markers.contract.js';
import type {
  PlainTargetHarness,
  TargetSystemHarness,
  TransactionalTargetHarness,
} from './target-system.harness.js';
import { TargetSystemWorkbench } from './target-system.workbench.js';
import { transactionContract } from './transaction.contract.js';
import { zombieContract } from './zombie.contract.js';

/**
 * Registers the tests that every target system must pass, on its real server.
 *
 * @example targetSystemContract({ describe, it, beforeAll, afterAll }, harness);
 */
export function targetSystemContract(runner: ContractRunner, harness: TargetSystemHarness): void {
  runner.describe(`target system: ${harness.name}`, () => {
    if (harness.transactional) transactionalContract(runner, harness);
    else plainContract(runner, harness);
  });
}

function plainContract(runner: ContractRunner, harness: PlainTargetHarness): void {
  const bench = new TargetSystemWorkbench(harness);
  atItsPlace(runner, bench);
  clientsContract(runner, bench);
  connectContract(runner, bench);
}

function transactionalContract(runner: ContractRunner, harness: TransactionalTargetHarness): void {
  const bench = new TargetSystemWorkbench(harness);
  atItsPlace(runner, bench);
  clientsContract(runner, bench);
  connectContract(runner, bench);
  transactionContract(runner, bench);
  lateUseContract(runner, bench);
  markersContract(runner, bench);
  fenceRowContract(runner, bench);
  zombieContract(runner, bench, harness);
  leaksContract(runner, bench, harness);
}

function atItsPlace(runner: ContractRunner, bench: { start(): Promise<void>; stop(): Promise<void> }): void {
  runner.beforeAll(() => bench.start(), CONTRACT_TIMEOUT_MS);
  runner.afterAll(() => bench.stop(), CONTRACT_TIMEOUT_MS);
}
