import assert from 'node:assert/strict';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

/** What a target system promises about what there is to ask for. */
export function clientsContract(
  { describe, it }: ContractRunner,
  bench: TargetSystemWorkbench,
  transactional: boolean,
): void {
  describe('clients', () => {
    it(
      'belong to a target system with an id, a kind, and transactions or none',
      () =>
        bench.useOne(async (target) => {
          assert.notEqual(target.id.trim(), '');
          assert.notEqual(target.kind.trim(), '');
          assert.equal(target.transactional, transactional);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'are known before anything runs, each under a token of its own',
      () =>
        bench.useFresh(1, async ([target]) => {
          const tokens = target?.clients().map(({ token }) => token) ?? [];
          assert.ok(tokens.length >= 1);
          assert.equal(new Set(tokens).size, tokens.length);
        }),
      CONTRACT_TIMEOUT_MS,
    );

    it(
      'are the same in an attempt: same tokens, same order, same classes',
      () =>
        bench.useOne((target) =>
          target.connect(attemptScope(), async (clients) => {
            const known = target.clients();
            assert.deepEqual(
              clients.map(({ token }) => token),
              known.map(({ token }) => token),
            );
            for (const { token, instance } of clients)
              if (typeof token === 'function')
                assert.ok(instance instanceof token, `no instance of ${token.name}`);
            for (const { token, instance } of known)
              if (typeof token === 'function')
                assert.ok(instance instanceof token, `no instance of ${token.name}`);
          }),
        ),
      CONTRACT_TIMEOUT_MS,
    );
  });
}
