import type { QueryRunner } from 'typeorm';
import type { Dialect } from './dialect.js';
import { discard } from './runner.js';

/** Runs `work`; closes the connection of `runner` when `ended` fires before `work` is done, because nobody waits for its answer any more. */
export async function cutWhenEnded<T>(
  {
    ended,
    runner,
    dialect,
  }: { readonly ended?: AbortSignal; readonly runner: QueryRunner; readonly dialect: Dialect },
  work: () => Promise<T>,
): Promise<T> {
  const cut = (): void => void discard(runner, dialect).catch(() => undefined);
  ended?.addEventListener('abort', cut, { once: true });
  try {
    return await work();
  } finally {
    ended?.removeEventListener('abort', cut);
  }
}

/**
 * Runs `work` for at most `ms`, then closes the connection, so that the pool gets it back also from a peer that never answers. No-op on
 * SQLite.
 *
 * @throws Error after `ms` milliseconds, and what `work` throws
 */
export async function inTimeOrCut<T>(
  { ms, runner, dialect }: { readonly ms: number; readonly runner: QueryRunner; readonly dialect: Dialect },
  work: () => Promise<T>,
): Promise<T> {
  if (dialect.singleConnection) return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      void discard(runner, dialect).catch(() => undefined);
      reject(new Error(`the database did not answer within ${ms} ms; the connection was given up`));
    }, ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
