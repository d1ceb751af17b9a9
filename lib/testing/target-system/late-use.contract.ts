import assert from 'node:assert/strict';
import type { Clients, TransactionalTargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { Effect } from './target-system.harness.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';
import { withMarkers } from './transaction.contract.js';

type Bench = TargetSystemWorkbench<TransactionalTargetSystem>;

/** What a transactional target system promises about clients that a change goes on using, and about forgotten awaits. */
export function lateUseContract(runner: ContractRunner, bench: Bench): void {
  runner.describe('late use', () => {
    for (const [way, effect] of bench.effects) {
      deadClients(runner, bench, way, effect);
      forgottenAwaits(runner, bench, way, effect);
    }
  });
}

function deadClients({ it }: ContractRunner, bench: Bench, way: string, effect: Effect): void {
  it(
    `${way}: throws and reaches nothing after a commit and after a rollback, also while another transaction runs`,
    () =>
      withMarkers(bench, async (target, namespace) => {
        const after = bench.unique();
        for (const failure of [undefined, new Error('failed')]) {
          const stolen = await stealClients(target, namespace, failure);
          await assert.rejects(async () => effect(stolen, after));
          await target.transaction(attemptScope({ namespace }), async () => {
            await assert.rejects(async () => effect(stolen, after));
          });
        }
        await bench.staysWithout(after);
      }),
    CONTRACT_TIMEOUT_MS,
  );

  it(
    `${way}: throws and reaches nothing once the transaction is sealed; what was before is committed`,
    () =>
      withMarkers(bench, async (target, namespace) => {
        const [before, after] = [bench.unique(), bench.unique()];
        await target.transaction(attemptScope({ namespace }), async (transaction) => {
          await effect(transaction.clients, before);
          await transaction.seal();
          await assert.rejects(async () => effect(transaction.clients, after));
        });
        assert.equal(await bench.has(before), true);
        await bench.staysWithout(after);
      }),
    CONTRACT_TIMEOUT_MS,
  );
}

function forgottenAwaits({ it }: ContractRunner, bench: Bench, way: string, effect: Effect): void {
  it(
    `${way}: a statement whose await was forgotten is committed or refused, as its promise says`,
    () =>
      withMarkers(bench, async (target, namespace) => {
        const name = bench.unique();
        let forgotten: Promise<boolean> | undefined;
        await target.transaction(attemptScope({ namespace }), async (transaction) => {
          forgotten = settlesWell(effect(transaction.clients, name));
          await transaction.seal();
        });
        assert.equal(await bench.has(name), await forgotten);
      }),
    CONTRACT_TIMEOUT_MS,
  );

  it(
    `${way}: a statement whose await was forgotten goes with a transaction that fails`,
    () =>
      withMarkers(bench, async (target, namespace) => {
        const name = bench.unique();
        let forgotten: Promise<boolean> | undefined;
        const failing = target.transaction(attemptScope({ namespace }), async ({ clients }) => {
          forgotten = settlesWell(effect(clients, name));
          throw new Error('the change failed');
        });
        await assert.rejects(failing, /the change failed/);
        await forgotten;
        await bench.staysWithout(name);
      }),
    CONTRACT_TIMEOUT_MS,
  );
}

function settlesWell(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

/** The clients of a transaction that has ended. */
async function stealClients(
  target: TransactionalTargetSystem,
  namespace: string,
  failure?: Error,
): Promise<Clients> {
  let stolen: Clients | undefined;
  const attempt = target.transaction(attemptScope({ namespace }), async ({ clients }) => {
    stolen = clients;
    if (failure) throw failure;
  });
  if (failure) await assert.rejects(attempt);
  else await attempt;
  assert.ok(stolen);
  return stolen;
}
