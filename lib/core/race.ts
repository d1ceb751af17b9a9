/**
 * Settles as `work` does, or rejects with the reason of the first of `signals` that fires before.
 * The loser's rejection is taken care of.
 */
export async function raceWithSignals<T>(work: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  const registered: (() => void)[] = [];
  const fired = new Promise<never>((_, reject) => {
    for (const signal of signals) {
      const onAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort);
      registered.push(() => signal.removeEventListener('abort', onAbort));
    }
  });
  try {
    return await Promise.race([work, fired]);
  } finally {
    for (const forget of registered) forget();
    work.catch(() => undefined);
    fired.catch(() => undefined);
  }
}
