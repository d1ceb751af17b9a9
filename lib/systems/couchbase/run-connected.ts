import type { Clients } from '../../core/target-system.js';
import { withGate } from '../../core/with-gate.js';
import { clientsOf, contextClient } from './attempt-clients.js';
import type { AttemptParts } from './attempt-parts.js';
import { guardedCluster } from './guarded-cluster.js';
import { invokeMethod } from './invoke-method.js';
import { runOnce } from './run-once.js';

/** Gives `work` clients outside any transaction, guarded until it ends. Each call of the context is a transaction of its own. */
export function runConnected<T>(
  { scope, targetId, cluster, runner }: AttemptParts,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  return withGate(scope, targetId, async (gate) => {
    const context = contextClient((method, args) =>
      gate.perform(`TransactionAttemptContext.${method}`, () =>
        runOnce(runner, (attempt) => invokeMethod(attempt, method, args)),
      ),
    );
    const guarded = guardedCluster(cluster, ({ text }, send) => gate.perform(text, send));
    return work(clientsOf(context, guarded));
  });
}
