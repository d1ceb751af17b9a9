import type { ErrorExplanation } from '../../core/model/target-system.js';
import { isError } from '../../core/kit/text.js';
import type { Dialect } from './dialect.js';
import { type SentStatement, sentWith } from './sent-statements.js';
import { shorten } from './statement.js';

/** How many causes are followed: an error may be its own cause. */
const DEPTH = 8;

/** How long a statement in an explanation may be, in characters. */
const LONGEST_STATEMENT = 1_000;

const OUTSIDE_ONLY = [
  'say transactional: false in @Change, with a @Rollback: the database does not do this within a transaction',
  'send it by a query of its own: several statements in one text are one transaction, too',
];

/** What is known about an error, or about one of its causes, beside the message: the statement, where the app sent it, and what to do. */
export function explainError({ errors }: Dialect, error: unknown): ErrorExplanation | undefined {
  const chain = causesOf(error);
  const sent = chain.map(sentOf).find((found) => found !== undefined);
  const explanation: ErrorExplanation = {
    ...(sent && { ...sent, statement: shorten(sent.statement, LONGEST_STATEMENT) }),
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

/** The statement that failed. One that was sent through no guarded connection is on TypeORM's QueryFailedError. */
function sentOf(error: Error): SentStatement | undefined {
  const known = sentWith(error);
  if (known) return known;
  const statement: unknown = Reflect.get(error, 'query');
  return typeof statement === 'string' && 'driverError' in error ? { statement } : undefined;
}
