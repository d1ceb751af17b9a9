import { appendContract } from './audit-store/append.contract.js';
import type { AuditStoreHarness } from './audit-store/audit-store.harness.js';
import { AuditStoreWorkbench } from './audit-store/audit-store.workbench.js';
import { fenceContract } from './audit-store/fence.contract.js';
import { historyContract } from './audit-store/history.contract.js';
import { leaseRaceContract } from './audit-store/lease-race.contract.js';
import { leaseContract } from './audit-store/lease.contract.js';
import { openContract } from './audit-store/open.contract.js';
import { recordContract } from './audit-store/record.contract.js';
import { sharedContract } from './audit-store/shared.contract.js';
import { snapshotContract } from './audit-store/snapshot.contract.js';
import { watchedLeaseContract } from './audit-store/watched-lease.contract.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from './contract-runner.js';

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
