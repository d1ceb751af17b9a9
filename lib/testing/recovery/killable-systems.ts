import type { AuditStore } from '../../core/model/audit-store.js';
import { isTransactional, strategyOf } from '../../core/model/strategy.js';
import type { TargetSystem, TransactionalTargetSystem } from '../../core/model/target-system.js';
import { altered, ends, silence } from './faults.js';
import { newGate } from './gate.js';
import type { ConnectedPair } from './recovery.pair.js';

/** The store and the target system of a process that is killed. */
export interface KillableSystems {
  readonly store: AuditStore;
  readonly target: TargetSystem;
  readonly died: Promise<void>;
}

/**
 * Kills a process as soon as the end of the change is durable: from then on, none of its calls reaches a server or is answered.
 *
 * @param when - `before`: right before the end is written, for pairs that write it apart from the effect
 */
export function dyingAfter(
  { store, target }: ConnectedPair,
  changeId: string,
  when: 'before' | 'after' = 'after',
): KillableSystems {
  const death = newGate();
  let dead = false;
  const die = (): Promise<never> => {
    dead = true;
    death.open();
    return silence();
  };
  const alive = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => (dead ? silence() : call(...args));
  };
  const killableStore = altered(store, {
    snapshot: alive(() => store.snapshot()),
    summary: alive(() => store.summary()),
    settle: alive((settled) => store.settle(settled)),
    renew: alive((fence) => store.renew(fence)),
    release: alive((fence, settled) => store.release(fence, settled)),
    append: alive(async (entries, fence, session) => {
      if (when === 'before' && ends(entries, changeId)) await die();
      await store.append(entries, fence, session);
      if (session === undefined && ends(entries, changeId)) await die();
    }),
  });
  const shared = strategyOf({}, target, store) === 'shared';
  const killableTarget =
    shared && isTransactional(target) ? dyingAtCommit(target, changeId, alive, die) : target;
  return { store: killableStore, target: killableTarget, died: death.opened };
}

type Alive = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => (...args: A) => Promise<R>;

function dyingAtCommit(
  target: TransactionalTargetSystem,
  changeId: string,
  alive: Alive,
  die: () => Promise<never>,
): TransactionalTargetSystem {
  return altered(target, {
    async transaction(scope, work) {
      const result = await alive(() => target.transaction(scope, work))();
      return scope.changeId === changeId ? die() : result;
    },
  });
}
