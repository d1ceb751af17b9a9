import { isError } from '../../core/error-text.js';
import type { ErrorExplanation } from '../../core/target-system.js';
import type { Dialect } from './dialect.js';
import { type SentStatement, sentWith } from './sent-statements.js';
import { tellable } from './statement.js';

/** How far causes are followed: an error may be its own cause. */
const DEPTH = 8;

const OUTSIDE_ONLY = [
  'say transactional: false in @Change, with a @Rollback: the database does not do this within a transaction',
  'send it by a query of its own: several statements in one text are one transaction, too',
];

/** What an error, or one that caused it, tells beside its message: statement, place and what to do. */
export function explainError({ errors }: Dialect, error: unknown): ErrorExplanation | undefined {
  const chain = causesOf(error);
  const sent = chain.map(sentOf).find((found) => found !== undefined);
  const explanation: ErrorExplanation = {
    ...(sent && { ...sent, statement: tellable(sent.statement) }),
    ...(chain.some(errors.isAlreadyThere) && { alreadyExists: true }),
    ...(chain.some(errors.isOutsideOnly) && { fix: OUTSIDE_ONLY }),
  };
  return Object.keys(explanation).length ? explanation : undefined;
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let current = error; isError(current) && chain.length < DEPTH; current = current.cause)
    chain.push(current);
  return chain;
}

/** What came past our own connections is known to TypeORM's QueryFailedError. */
function sentOf(error: Error): SentStatement | undefined {
  const known = sentWith(error);
  if (known) return known;
  const statement: unknown = Reflect.get(error, 'query');
  return typeof statement === 'string' && 'driverError' in error ? { statement } : undefined;
}
