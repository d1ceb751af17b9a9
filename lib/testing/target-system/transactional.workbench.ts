import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { TransactionalTargetSystem } from '../../core/model/target-system.js';
import { chainIn } from './attempt-scope.sample.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

/** What the tests of a transactional target system work with. */
export type TransactionalBench = TargetSystemWorkbench<TransactionalTargetSystem>;

/** A target system with open markers, in a namespace that no other test has. */
export function withMarkers(
  bench: TransactionalBench,
  work: (target: TransactionalTargetSystem, chain: ChainIdentity) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (target) => {
    const chain = chainIn(bench.unique());
    await target.markers(chain).open();
    await work(target, chain);
  });
}

/** A target system with open markers in two namespaces, which differ only by case. */
export function withTwoNamespaces(
  bench: TransactionalBench,
  work: (target: TransactionalTargetSystem, one: ChainIdentity, other: ChainIdentity) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (target) => {
    const unique = bench.unique();
    const [one, other] = [chainIn(`${unique}-shop`), chainIn(`${unique}-Shop`)] as const;
    await target.markers(one).open();
    await target.markers(other).open();
    await work(target, one, other);
  });
}
