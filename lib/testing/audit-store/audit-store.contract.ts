import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { appendContract } from './append.contract.js';
import type { AuditStoreHarness } from './audit-store.harness.js';
import { AuditStoreWorkbench } from './audit-store.workbench.js';
import { fenceContract } from './fence.contract.js';
import { historyContract } from './history.contract.js';
import { leaseRaceContract } from './lease-race.contract.js';
import { leaseContract } from './lease.contract.js';
import { openContract } from './open.contract.js';
import { recordContract } from './record.contract.js';
import { sharedContract } from './shared.contract.js';
import { snapshotContract } from './snapshot.contract.js';
import { watchedLeaseContract } from './watched-lease.contract.js';

/**
 * Registers the tests that every audit store must pass, on its real server.
 *
 * @example auditStoreContract({ describe, it, beforeAll, afterAll }, harness);
 */
export function auditStoreContract(runner: ContractRunner, harness: AuditStoreHarness): void {
  const bench = new AuditStoreWorkbench(harness);
  runner.describe(`audit store: ${harness.name}`, () => {
    runner.beforeAll(() => bench.start(), CONTRACT_TIMEOUT_MS);
    runner.afterAll(() => bench.stop(), CONTRACT_TIMEOUT_MS);
    openContract(runner, bench);
    appendContract(runner, bench);
    fenceContract(runner, bench);
    leaseContract(runner, bench);
    leaseRaceContract(runner, bench);
    if (harness.judgesLease === 'by-watching') watchedLeaseContract(runner, bench);
    snapshotContract(runner, bench);
    historyContract(runner, bench);
    recordContract(runner, bench);
    if (harness.sharesTransactions) sharedContract(runner, bench);
  });
}
