import assert from 'node:assert/strict';
import type { Clients, TargetSystem } from '../../core/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

/** What a target system promises about clients outside any transaction, for each way to use them. */
export function connectContract({ describe, it }: ContractRunner, bench: TargetSystemWorkbench): void {
  describe('connect', () => {
    it(
      'gives back what the work returns, and rethrows the very error that it throws',
      () =>
        bench.useOne(async (target) => {
          const result = { some: 'thing' };
          assert.equal(await target.connect(attemptScope(), async () => result), result);
          const error = new Error('the change failed');
          await assert.rejects(
            target.connect(attemptScope(), () => Promise.reject(error)),
            (thrown) => thrown === error,
          );
        }),
      CONTRACT_TIMEOUT_MS,
    );

    for (const [way, effect] of bench.effects) {
      it(
        `${way}: works at once and stays, also when the work fails later`,
        () =>
          bench.useOne(async (target) => {
            const [kept, failed] = [bench.unique(), bench.unique()];
            await target.connect(attemptScope(), async (clients) => {
              await effect(clients, kept);
              assert.equal(await bench.has(kept), true);
            });
            const failing = target.connect(attemptScope(), async (clients) => {
              await effect(clients, failed);
              throw new Error('too late');
            });
            await assert.rejects(failing, /too late/);
            assert.equal(await bench.has(kept), true);
            assert.equal(await bench.has(failed), true);
          }),
        CONTRACT_TIMEOUT_MS,
      );

      it(
        `${way}: throws and reaches nothing once the attempt has ended, well or badly, also while another runs`,
        () =>
          bench.useOne(async (target) => {
            const after = bench.unique();
            for (const stolen of [
              await stealClients(target),
              await stealClients(target, new Error('failed')),
            ]) {
              await assert.rejects(async () => effect(stolen, after));
              await target.connect(attemptScope(), async () => {
                await assert.rejects(async () => effect(stolen, after));
              });
            }
            await bench.staysWithout(after);
          }),
        CONTRACT_TIMEOUT_MS,
      );

      it(
        `${way}: is guarded: once the lease is lost, the call throws the guard's error and reaches nothing`,
        () =>
          bench.useOne(async (target) => {
            const [before, after] = [bench.unique(), bench.unique()];
            const lost = new Error('the lease was lost');
            let asked = 0;
            let live = true;
            const guard = () => {
              asked += 1;
              if (!live) throw lost;
            };
            await target.connect(attemptScope({ guard }), async (clients) => {
              await effect(clients, before);
              assert.ok(asked > 0, 'the guard was not asked');
              live = false;
              await assert.rejects(
                async () => effect(clients, after),
                (thrown) => isOrHasCause(thrown, lost),
              );
            });
            assert.equal(await bench.has(before), true);
            await bench.staysWithout(after);
          }),
        CONTRACT_TIMEOUT_MS,
      );
    }
  });
}

/** The clients of an attempt that has ended. */
async function stealClients(target: TargetSystem, failure?: Error): Promise<Clients> {
  let stolen: Clients | undefined;
  const attempt = target.connect(attemptScope(), async (clients) => {
    stolen = clients;
    if (failure) throw failure;
  });
  if (failure) await assert.rejects(attempt);
  else await attempt;
  assert.ok(stolen);
  return stolen;
}

/** Whether `expected` is the error or stands in its chain of causes. */
export function isOrHasCause(error: unknown, expected: Error): boolean {
  return error === expected || (error instanceof Error && isOrHasCause(error.cause, expected));
}
