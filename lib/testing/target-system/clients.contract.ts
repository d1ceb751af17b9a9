import assert from 'node:assert/strict';
import type { Clients } from '../../core/model/target-system.js';
import { type Cases, registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { attemptScope } from './attempt-scope.sample.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

const CASES: Cases<TargetSystemWorkbench> = {
  'belong to a target system with an id, a kind, and transactions or none': (bench) =>
    bench.useOne(async (target) => {
      assert.notEqual(target.id.trim(), '');
      assert.notEqual(target.kind.trim(), '');
      assert.equal(target.transactional, bench.harness.transactional);
    }),

  'are known before anything runs, each under a token of its own': (bench) =>
    bench.useFresh(1, async ([target]) => {
      const tokens = target?.clients().map(({ token }) => token) ?? [];
      assert.ok(tokens.length >= 1);
      assert.equal(new Set(tokens).size, tokens.length);
    }),

  'are the same in an attempt: same tokens, same order, same classes': (bench) =>
    bench.useOne((target) =>
      target.connect(attemptScope(), async (clients) => {
        const known = target.clients();
        assert.deepEqual(tokensOf(clients), tokensOf(known));
        for (const { token, instance } of [...known, ...clients])
          assert.ok(
            typeof token !== 'function' || instance instanceof token,
            `no instance of ${String(token)}`,
          );
      }),
    ),
};

/** What a target system promises about `clients()`. */
export function clientsContract(runner: ContractRunner, bench: TargetSystemWorkbench): void {
  registerCases(runner, 'clients', bench, CASES);
}

function tokensOf(clients: Clients) {
  return clients.map(({ token }) => token);
}
