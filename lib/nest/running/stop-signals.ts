const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Under `npm run` one Ctrl-C arrives twice: once from the terminal and once from npm, which forwards it. */
const ECHO_MS = 250;

/** The first signal that a listener has received. */
interface Received {
  readonly signal: NodeJS.Signals;
  readonly at: number;
  /** Determined when the signal arrives: a listener that was added by `once` is gone after its call. */
  readonly isLeftToOthers: boolean;
}

/** The listeners of this library, of all apps in the process, with what each has received. All other listeners are the app's. */
const watches = new Map<unknown, Received | undefined>();

/**
 * Listens for SIGTERM and SIGINT. The returned function stops listening, and sends a received signal again when nothing else
 * listens for it: then the process ends as it does without this listener.
 *
 * A second signal ends the process at once, even when others listen for it: Nest's shutdown hooks ignore it while they wait
 * for the run.
 */
export function watchStopSignals(onSignal: (signal: NodeJS.Signals) => void): () => void {
  const listener = (signal: NodeJS.Signals): void => {
    const first = watches.get(listener);
    if (!first) {
      watches.set(listener, { signal, at: performance.now(), isLeftToOthers: othersListenFor(signal) });
      onSignal(signal);
    } else if (!isEcho(first, signal)) endBy(signal);
  };
  watches.set(listener, undefined);
  SIGNALS.forEach((signal) => process.prependListener(signal, listener));
  return () => {
    SIGNALS.forEach((signal) => process.off(signal, listener));
    const received = watches.get(listener);
    watches.delete(listener);
    if (received && !received.isLeftToOthers) sendAgain(received.signal);
  };
}

function othersListenFor(signal: NodeJS.Signals): boolean {
  return process.listeners(signal).some((listener) => !watches.has(listener));
}

function isEcho(first: Received, signal: NodeJS.Signals): boolean {
  return first.signal === signal && performance.now() - first.at < ECHO_MS;
}

/** On the next tick, after the other listeners were called. */
function endBy(signal: NodeJS.Signals): void {
  process.nextTick(() => {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Later, so that code that waits for the run can still log how it ended. With several apps, the last one to stop sends it. */
function sendAgain(signal: NodeJS.Signals): void {
  setImmediate(() => {
    const isAwaited = [...watches.values()].some((received) => received);
    if (!isAwaited && !othersListenFor(signal)) process.kill(process.pid, signal);
  });
}
