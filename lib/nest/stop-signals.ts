const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Listeners of this module, of all apps in the process: they are not whom a signal is left to. */
const own = new Set<unknown>();

/**
 * Listens for SIGTERM and SIGINT. The function it returns stops listening and lets a received signal have its effect:
 * where nobody else listens for it, it is sent again, so that the process ends as it would have.
 *
 * A second signal is not waited for.
 */
export function watchStopSignals(onSignal: (signal: NodeJS.Signals) => void): () => void {
  let received: NodeJS.Signals | undefined;
  let isLeftToOthers = false;
  const listener = (signal: NodeJS.Signals): void => {
    if (received && !isLeftToOthers) return close();
    received = signal;
    // Asked now, for a listener added by `once` is gone after its call.
    isLeftToOthers ||= othersListenFor(signal);
    onSignal(signal);
  };
  const close = (): void => {
    SIGNALS.forEach((signal) => process.off(signal, listener));
    if (own.delete(listener) && received && !isLeftToOthers) sendAgain(received);
  };
  own.add(listener);
  SIGNALS.forEach((signal) => process.prependListener(signal, listener));
  return close;
}

function othersListenFor(signal: NodeJS.Signals): boolean {
  return process.listeners(signal).some((listener) => !own.has(listener));
}

/** Later, so that whoever waits for the run can still say how it ended. */
function sendAgain(signal: NodeJS.Signals): void {
  setImmediate(() => {
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}
