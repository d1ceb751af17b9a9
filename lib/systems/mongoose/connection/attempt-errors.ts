import type { OutsideWords } from '../../../core/kit/outside-refusals.js';
import { AttemptEndedError, TargetSystemError } from '../../../core/model/errors.js';
import type { AttemptScope } from '../../../core/model/target-system.js';
import { messageOf } from '../../../core/kit/text.js';
import { STANDALONE_TARGET } from './standalone.js';

/** Which attempt, on which target system. */
export interface Location {
  readonly scope: AttemptScope;
  readonly targetId: string;
}

/** Says that a call which the change did not await is in flight after the wait for it. */
export function stillInFlight({ scope, targetId }: Location): AttemptEndedError {
  return new AttemptEndedError(
    `The method of change '${scope.changeId}' has returned, but an operation that it did not await is still under way on target system '${targetId}'.`,
    { fix: ['await every call before the method of the change returns'] },
  );
}

/** How an operation that went around the transaction is refused. */
export const OUTSIDE: OutsideWords = {
  what: 'an operation',
  plural: 'operations',
  how: ', without the session of the transaction',
  instead: [
    "pass the session: take it as a parameter, @Client('ClientSession') session: ClientSession, and give { session } to the operation",
    'or use a connection or model from a parameter of the method, which joins the transaction by itself, instead of what was injected in the constructor',
    "or set transactionAsyncLocalStorage of Mongoose, so that every model joins: mongoose.set('transactionAsyncLocalStorage', true)",
  ],
};

/** Says that MongoDB does not allow the command in a transaction. */
export function notInTransaction(
  { scope, targetId }: Location,
  call: string,
  cause: unknown,
): TargetSystemError {
  return new TargetSystemError(
    `MongoDB does not do this within a transaction, in which change '${scope.changeId}' runs on target system '${targetId}': ${call}`,
    {
      cause,
      fix: [
        'say transactional: false in @Change, with a @Rollback; better in a change of its own, apart from what changes documents',
        'a model that is first compiled within a change creates its collection and indexes: compile it before, or set autoCreate and autoIndex to false',
      ],
    },
  );
}

/** Says that the server has no transactions. */
export function standsAlone({ scope, targetId }: Location, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' cannot run in a transaction on target system '${targetId}': ${STANDALONE_TARGET.problem}`,
    { cause, fix: STANDALONE_TARGET.fix },
  );
}

/** Says that the transaction is lost after a failed operation, although the change caught its error. */
export function givenUp({ scope, targetId }: Location, call: string, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `An operation of change '${scope.changeId}' on target system '${targetId}' failed and the change caught its error, ` +
      `but MongoDB has given up the transaction with it: ${call}`,
    { cause, fix: ['let the error leave the change', 'look first, so that the operation need not fail'] },
  );
}

/** Says that the transaction ran longer than MongoDB allows. @param ms - how long, in milliseconds */
export function tookTooLong({ scope, targetId }: Location, ms: number, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `MongoDB has given up the transaction of change '${scope.changeId}' on target system '${targetId}' after ${Math.round(ms / 1000)} s.`,
    {
      cause,
      fix: [
        'MongoDB ends a transaction after transactionLifetimeLimitSeconds (60 by default): make the change smaller, or several of it',
        'or say transactional: false in @Change, with a @Rollback, and write in batches',
      ],
    },
  );
}

/** Says that the connection broke at the commit, which may have happened. */
export function commitUnanswered({ scope, targetId }: Location, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `The connection to target system '${targetId}' was lost at the commit of change '${scope.changeId}': ${messageOf(cause)}`,
    { cause, fix: [`make the MongoDB server of '${targetId}' reachable, then start again`] },
  );
}

/** Says that the change called something that only Flamingock or the app may call. */
export function notYours({ scope }: Location, call: string): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' called ${call}, which is not its own: Flamingock or the app opens and ends it.`,
    {
      fix: [
        `remove the call of ${call}`,
        'or say transactional: false in @Change, with a @Rollback, and begin and end transactions yourself',
      ],
    },
  );
}

/** Says that the change did not end a transaction that it began. */
export function leftOpen({ scope, targetId }: Location): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' began a transaction on target system '${targetId}' and did not end it; it was rolled back.`,
    { fix: ['commit it in the change: await session.commitTransaction(), or use session.withTransaction()'] },
  );
}
