import { messageOf } from '../../core/error-text.js';
import { AttemptEndedError, TargetSystemError } from '../../core/errors.js';
import type { OutsideWords } from '../../core/outside-refusals.js';
import type { AttemptScope } from '../../core/target-system.js';
import { STANDALONE_TARGET } from './standalone.js';

/** Whose errors they are. */
export interface Place {
  readonly scope: AttemptScope;
  readonly targetId: string;
}

export function attemptEnded({ scope, targetId }: Place, call: string): AttemptEndedError {
  return new AttemptEndedError(
    `Attempt ${scope.attempt} of change '${scope.changeId}' has ended; a call that came later was refused on target system '${targetId}': ${call}`,
    {
      fix: ['await every call before the method of the change returns', 'heed the signal of ChangeContext'],
    },
  );
}

export function stillUnderWay({ scope, targetId }: Place): AttemptEndedError {
  return new AttemptEndedError(
    `The method of change '${scope.changeId}' has returned, but an operation that it did not await is still under way on target system '${targetId}'.`,
    { fix: ['await every call before the method of the change returns'] },
  );
}

/** What went around the transaction. */
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

export function notInTransaction(
  { scope, targetId }: Place,
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

export function standsAlone({ scope, targetId }: Place, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' cannot run in a transaction on target system '${targetId}': ${STANDALONE_TARGET.problem}`,
    { cause, fix: STANDALONE_TARGET.fix },
  );
}

export function givenUp({ scope, targetId }: Place, call: string, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `An operation of change '${scope.changeId}' on target system '${targetId}' failed and the change caught its error, ` +
      `but MongoDB has given up the transaction with it: ${call}`,
    { cause, fix: ['let the error leave the change', 'look first, so that the operation need not fail'] },
  );
}

export function tookTooLong({ scope, targetId }: Place, ms: number, cause: unknown): TargetSystemError {
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

/** What became of the commit is not known, or it never left. */
export function commitUnanswered({ scope, targetId }: Place, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `The connection to target system '${targetId}' was lost at the commit of change '${scope.changeId}': ${messageOf(cause)}`,
    { cause, fix: [`make the MongoDB server of '${targetId}' reachable, then start again`] },
  );
}

export function notYours({ scope }: Place, call: string): TargetSystemError {
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

export function leftOpen({ scope, targetId }: Place): TargetSystemError {
  return new TargetSystemError(
    `Change '${scope.changeId}' began a transaction on target system '${targetId}' and did not end it; it was rolled back.`,
    { fix: ['commit it in the change: await session.commitTransaction(), or use session.withTransaction()'] },
  );
}
