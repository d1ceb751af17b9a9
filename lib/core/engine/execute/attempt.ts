import { raceWithSignals } from '../../kit/time-limits.js';
import {
  ChangeContext,
  type ChangeDefinition,
  type ChangeLogger,
  type ChangeMethod,
} from '../../model/change.js';
import type { Clock } from '../../model/clock.js';
import { AttemptEndedError, ChangeFailedError, LockLostError } from '../../model/errors.js';
import type { EngineSettings } from '../../model/settings.js';
import type { AttemptScope, Clients } from '../../model/target-system.js';
import { readable } from '../../text/error-text.js';
import { AnswerTimeout } from './answer-timeout.js';
import type { Surroundings } from './execution.js';
import { carries, guardAfter, inTurn, stoppedBy, type Thrown } from './thrown.js';

/** What a change is told while one of its methods runs. */
class AttemptContext extends ChangeContext {
  readonly changeId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly logger: ChangeLogger;

  readonly #settings: Pick<EngineSettings, 'emit' | 'loggerFor'>;

  constructor(
    scope: AttemptScope,
    settings: Pick<EngineSettings, 'emit' | 'loggerFor'>,
    override readonly isPreview = false,
  ) {
    super();
    this.#settings = settings;
    this.changeId = scope.changeId;
    this.executionId = scope.executionId;
    this.attempt = scope.attempt;
    this.signal = scope.signal;
    this.logger = settings.loggerFor(scope.changeId);
  }

  progress(done: number, total?: number, note?: string): void {
    const { executionId, changeId } = this;
    this.#settings.emit({ type: 'change-progress', executionId, changeId, done, total, note });
  }
}

/** The time in which a change's methods may act: from the first client given out until all clients are closed. */
export interface Attempt {
  readonly scope: AttemptScope;
  /** Calls a method of the change, no longer than the change's timeout and only while the lease lives. */
  call(method: ChangeMethod, clients: Clients): Promise<unknown>;
  /** Marks the failure as the change's own, so that a later failure of the target system does not hide it. @throws error */
  fail(error: unknown): never;
  /** @throws AttemptEndedError when nobody waits for the attempt any more */
  requireAlive(): void;
}

/** Which attempt of which change. */
export interface AttemptSubject {
  readonly change: ChangeDefinition;
  readonly attempt: number;
}

/**
 * Runs `work` with an attempt. Refuses late calls on its clients afterwards.
 *
 * @throws TargetSystemError when the target system is silent for as long as a lease lasts; `work` may still be going on then
 */
export async function withAttempt<T>(
  surroundings: Surroundings,
  { change, attempt }: AttemptSubject,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { lease, settings, isPreview } = surroundings;
  const timeout = new AbortController();
  const done = new AbortController();
  const answerTimeout = new AnswerTimeout(settings.clock, settings.lock.leaseMs, change.targetSystem);
  const requireAlive = (): void => {
    if (done.signal.aborted) throw attemptEnded(change.id, attempt);
  };
  const own: { failure?: Thrown } = {};
  const fail = (thrown: unknown): never => {
    const error = readable(thrown);
    own.failure = { error };
    throw error;
  };
  const signals = { timeout: timeout.signal, ended: done.signal };
  const scope = scopeOf(surroundings, { change, attempt }, { ...signals, requireAlive });
  const call = (method: ChangeMethod, clients: Clients): Promise<unknown> => {
    // A target system may begin anew.
    delete own.failure;
    const context = new AttemptContext(scope, settings, isPreview);
    const ended = async (): Promise<unknown> => method.invoke(clients, context);
    return answerTimeout.suspended(() =>
      withTimeout(settings.clock, change, method, timeout, () =>
        raceWithSignals(ended(), [lease.signal, timeout.signal]).catch(fail),
      ),
    );
  };
  try {
    return await raceWithSignals(work({ scope, call, fail, requireAlive }), [answerTimeout.over]);
  } catch (error) {
    // A process that was suspended finds both over. The lost lock decides then.
    if (answerTimeout.over.aborted) guardAfter(lease, own.failure);
    throw own.failure ? withFirst(own.failure, error) : error;
  } finally {
    answerTimeout.end();
    done.abort();
  }
}

interface AttemptSignals extends Pick<Attempt, 'requireAlive'> {
  readonly timeout: AbortSignal;
  readonly ended: AbortSignal;
}

function scopeOf(
  { chain, lease, request }: Surroundings,
  { change, attempt }: AttemptSubject,
  { timeout, ended, requireAlive }: AttemptSignals,
): AttemptScope {
  return {
    storeId: chain.storeId,
    namespace: chain.namespace,
    token: chain.token,
    executionId: request.executionId,
    changeId: change.id,
    attempt,
    outsideTransaction: change.outsideTransaction,
    signal: AbortSignal.any([request.stop, lease.signal, timeout]),
    guard: () => {
      lease.guard();
      requireAlive();
    },
    ended,
  };
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

/** The error of an attempt whose change failed before its target system threw `error`. */
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
