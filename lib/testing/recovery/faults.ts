import type { AuditEntry, AuditState } from '../../core/model/audit-entry.js';
import type { AuditStore } from '../../core/model/audit-store.js';
import { AppendRefusedError } from '../../core/model/errors.js';
import type { TargetTransaction, TransactionalTargetSystem } from '../../core/model/target-system.js';

/** A proxy of `real` with some members replaced. */
export function altered<T extends object>(real: T, members: Partial<T>): T {
  return new Proxy(real, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** An answer that never comes. */
export function silence(): Promise<never> {
  return new Promise(() => {});
}

/** Rejects as a connection does that breaks before the answer arrives. */
export function noAnswer(): Promise<never> {
  return Promise.reject(new Error('connection lost (injected by the test)'));
}

/** What happens to an append: its server refuses it, or the answer is lost before or after the write. */
export type AppendFault = 'refused' | 'lost-before' | 'lost-after';

/** A store in which the first `times` appends of an entry in one of these states fail. */
export function failingAppends(
  store: AuditStore,
  states: readonly AuditState[],
  fault: AppendFault,
  times = Infinity,
): AuditStore {
  let left = times;
  return altered(store, {
    async append(entries, fence, session) {
      const meant = entries.some(({ state }) => states.includes(state));
      if (!meant || left-- <= 0) return store.append(entries, fence, session);
      if (fault === 'refused')
        throw new AppendRefusedError('No space left on device (injected by the test).');
      if (fault === 'lost-after') await store.append(entries, fence, session);
      return noAnswer();
    },
  });
}

/** A store that cannot be reached from the first append of an entry in this state on. */
export function lostFrom(store: AuditStore, state: AuditState): AuditStore {
  let lost = false;
  const unlessLost = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => (lost ? noAnswer() : call(...args));
  };
  return altered(store, {
    append(entries, fence, session) {
      lost ||= entries.some((entry) => entry.state === state);
      return lost ? noAnswer() : store.append(entries, fence, session);
    },
    renew: unlessLost((fence) => store.renew(fence)),
    release: unlessLost((fence, settled) => store.release(fence, settled)),
    snapshot: unlessLost(() => store.snapshot()),
    summary: unlessLost(() => store.summary()),
    settle: unlessLost((settled) => store.settle(settled)),
  });
}

/** A target system that calls `hook` when everything is in the transaction, right before its COMMIT. */
export function beforeCommit(
  target: TransactionalTargetSystem,
  hook: (transaction: TargetTransaction) => Promise<void>,
): TransactionalTargetSystem {
  return altered(target, {
    transaction: (scope, work) =>
      target.transaction(scope, async (transaction) => {
        const result = await work(transaction);
        await hook(transaction);
        return result;
      }),
  });
}

/** A target system that calls `hook` after the answer to its COMMIT, before it returns. */
export function afterCommit(
  target: TransactionalTargetSystem,
  hook: () => Promise<void>,
): TransactionalTargetSystem {
  return altered(target, {
    async transaction(scope, work) {
      const result = await target.transaction(scope, work);
      await hook();
      return result;
    },
  });
}

/** A store that records the names of the calls made to it. */
export function recordCalls(store: AuditStore): {
  readonly store: AuditStore;
  readonly calls: readonly string[];
} {
  return { ...watched(store) };
}

function watched(store: AuditStore) {
  const calls: string[] = [];
  const watching = new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        calls.push(String(key));
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { store: watching, calls };
}

/** Whether these entries record that the change is applied. */
export function ends(entries: readonly AuditEntry[], changeId: string): boolean {
  return entries.some((entry) => entry.changeId === changeId && entry.state === 'APPLIED');
}
