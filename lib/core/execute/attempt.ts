import type { ChangeDefinition, ChangeMethod } from '../change.js';
import type { Clock } from '../clock.js';
import { AttemptEndedError, ChangeFailedError, LockLostError } from '../errors.js';
import { raceWithSignals } from '../race.js';
import type { AttemptScope, Clients } from '../target-system.js';
import { tellable } from '../tellable.js';
import { AttemptContext } from './attempt-context.js';
import type { Surroundings } from './execution.js';
import { Patience } from './patience.js';
import { carries, guardAfter, inTurn, stoppedBy, type Thrown } from './thrown.js';

/** One period in which a change's methods may act: from the first client handed out until they are all dead. */
export interface Attempt {
  readonly scope: AttemptScope;
  /** Calls a method of the change, no longer than the change's timeout and only while the lease lives. */
  call(method: ChangeMethod, clients: Clients): Promise<unknown>;
  /** Says that the change's own part failed: whatever the target system does then, and fails to do, does not hide that. @throws error */
  fail(error: unknown): never;
  /** @throws AttemptEndedError when nobody waits for the attempt any more */
  demandAlive(): void;
}

/** Which attempt of which change. */
export interface AttemptSubject {
  readonly change: ChangeDefinition;
  readonly attempt: number;
}

/**
 * Lets `work` use an attempt; afterwards, whatever still holds its clients is refused.
 *
 * @throws TargetSystemError when the target system is silent for as long as a lease lasts; `work` may still be going on then
 */
export async function withAttempt<T>(
  { chain, lease, request, settings, isPreview }: Surroundings,
  { change, attempt }: AttemptSubject,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const done = new AbortController();
  const patience = new Patience(settings.clock, settings.lock.leaseMs, change.targetSystem);
  const demandAlive = (): void => {
    if (done.signal.aborted) throw attemptEnded(change.id, attempt);
  };
  const own: { failure?: Thrown } = {};
  const fail = (thrown: unknown): never => {
    const error = tellable(thrown);
    own.failure = { error };
    throw error;
  };
  const scope: AttemptScope = {
    storeId: chain.storeId,
    namespace: chain.namespace,
    token: chain.token,
    executionId: request.executionId,
    changeId: change.id,
    attempt,
    outsideTransaction: change.outsideTransaction,
    signal: AbortSignal.any([request.stop, lease.signal, timeout.signal]),
    guard: () => {
      lease.guard();
      demandAlive();
    },
    ended: done.signal,
  };
  const call = (method: ChangeMethod, clients: Clients): Promise<unknown> => {
    // A target system may begin anew.
    delete own.failure;
    const context = new AttemptContext(scope, settings, isPreview);
    const ended = async (): Promise<unknown> => method.invoke(clients, context);
    return patience.suspended(() =>
      withTimeout(settings.clock, change, method, timeout, () =>
        raceWithSignals(ended(), [lease.signal, timeout.signal]).catch(fail),
      ),
    );
  };
  try {
    return await raceWithSignals(work({ scope, call, fail, demandAlive }), [patience.over]);
  } catch (error) {
    // A process that stood still finds both over: then it is the lost lock that decides.
    if (patience.over.aborted) guardAfter(lease, own.failure);
    throw own.failure ? withFirst(own.failure, error) : error;
  } finally {
    patience.end();
    done.abort();
  }
}

async function withTimeout<T>(
  clock: Clock,
  change: ChangeDefinition,
  method: ChangeMethod,
  timeout: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  if (change.timeoutMs === undefined) return work();
  const returned = new AbortController();
  void clock.sleep(change.timeoutMs, returned.signal).then(() => {
    if (!returned.signal.aborted) timeout.abort(timedOut(change.id, method.name, change.timeoutMs));
  });
  return work().finally(() => returned.abort());
}

function timedOut(changeId: string, method: string, timeoutMs = 0): ChangeFailedError {
  return new ChangeFailedError(
    `Change '${changeId}' was still in ${method}() when its timeout of ${timeoutMs} ms was over.`,
    {
      fix: ["give it a longer timeout in @Change, or make the method heed the context's signal"],
    },
  );
}

/** What an attempt ends with when its change had failed, and the target system then threw `error`. */
function withFirst(failure: Thrown, error: unknown): unknown {
  if (carries(error, failure.error)) return error;
  return error instanceof LockLostError ? stoppedBy(failure, error) : inTurn(failure, { error }).error;
}

function attemptEnded(changeId: string, attempt: number): AttemptEndedError {
  return new AttemptEndedError(
    `Attempt ${attempt} of change '${changeId}' has ended; its clients reach nothing any more.`,
    {
      fix: ['await every call in the change before it returns'],
    },
  );
}
