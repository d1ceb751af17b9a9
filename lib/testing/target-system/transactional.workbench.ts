import type { TransactionalTargetSystem } from '../../core/target-system.js';
import type { TargetSystemWorkbench } from './target-system.workbench.js';

/** What the tests of a transactional target system work with. */
export type TransactionalBench = TargetSystemWorkbench<TransactionalTargetSystem>;

/** A target system whose bookkeeping is open, with a namespace that no other test has. */
export function withMarkers(
  bench: TransactionalBench,
  work: (target: TransactionalTargetSystem, namespace: string) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (target) => {
    const namespace = bench.unique();
    await target.markers(namespace).open();
    await work(target, namespace);
  });
}

/** A target system whose bookkeeping is open in two namespaces, which differ by case only. */
export function withTwoNamespaces(
  bench: TransactionalBench,
  work: (target: TransactionalTargetSystem, one: string, other: string) => Promise<void>,
): Promise<void> {
  return bench.useOne(async (target) => {
    const unique = bench.unique();
    const [one, other] = [`${unique}-shop`, `${unique}-Shop`];
    await target.markers(one).open();
    await target.markers(other).open();
    await work(target, one, other);
  });
}
