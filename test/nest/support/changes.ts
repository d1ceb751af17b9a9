import type { Type } from '@nestjs/common';
import { Apply, Change, ChangeContext, type ChangeOptions, Client, Rollback } from 'nestjs-flamingock';
import type { MemoryTable } from 'nestjs-flamingock/memory';

type Work = (table: MemoryTable, context: ChangeContext) => unknown;

/** A change class on `db` that does `work`; without one it sets its id. */
export function changeThat(work?: Work, differences: Partial<ChangeOptions> = {}): Type {
  const options = { id: 'one', order: '0001', author: 'team', targetSystem: 'db', ...differences };

  @Change(options)
  class TestChange {
    @Apply()
    async apply(@Client() table: MemoryTable, context: ChangeContext): Promise<void> {
      if (work) await work(table, context);
      else table.set(options.id, 'applied');
    }

    @Rollback()
    rollback(@Client() table: MemoryTable): void {
      table.delete(options.id);
    }
  }
  return TestChange;
}

/** Changes with these ids, in this order. */
export function changesNamed(...ids: readonly string[]): Type[] {
  return ids.map((id, index) => changeThat(undefined, { id, order: String(index + 1).padStart(4, '0') }));
}

/** Something to wait for. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Resolves when the signal fires, rejecting with its reason. */
export function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
}
