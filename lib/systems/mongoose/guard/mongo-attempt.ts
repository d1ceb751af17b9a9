import type { mongo } from 'mongoose';
import { type ClientGate, clientGate } from '../../../core/kit/attempt-gate.js';
import { OutsideRefusals } from '../../../core/kit/outside-refusals.js';
import {
  givenUp,
  notInTransaction,
  notYours,
  OUTSIDE,
  type Location,
  standsAlone,
  stillInFlight,
} from '../connection/attempt-errors.js';
import { isAnswered, isMongoError } from '../connection/mongo-errors.js';

/** The part of the driver's answers that is read here; some are plain documents. */
interface Answer {
  has?(field: string): boolean;
  toObject?(): Answer;
  readonly writeErrors?: readonly { readonly errmsg?: string }[];
}

/** Why the server refused a write, in an answer that is no error in itself; undefined when it refused none. */
function refusedWrite(answer: unknown): Error | undefined {
  if (!isObject(answer)) return undefined;
  const { has, toObject, writeErrors }: Answer = answer;
  const isLazy = has?.call(answer, 'writeErrors') === true;
  const [refused] = (isLazy ? toObject?.call(answer).writeErrors : writeErrors) ?? [];
  return refused && new Error(refused.errmsg);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

type Session = mongo.ClientSession;

/** Methods that begin or end a transaction, or the session itself. */
const CONTROL: ReadonlySet<PropertyKey> = new Set([
  'startTransaction',
  'commitTransaction',
  'abortTransaction',
  'withTransaction',
  'endSession',
]);

/** The session for a change: it works for operations, but cannot be ended; in a transaction, it can begin and end none either. */
function changeSession(session: Session, location: Location, inTransaction: boolean): Session {
  const refused = inTransaction ? CONTROL : new Set<PropertyKey>(['endSession']);
  return sessionFacade(session, (property) => {
    if (!refused.has(property)) return undefined;
    return (): never => {
      throw notYours(location, `session.${String(property)}()`);
    };
  });
}

/** The session for the driver, when an operation has none. The driver ends such a session after the operation, which has no effect here. */
function lentSession(session: Session): Session {
  return sessionFacade(session, (property) =>
    property === 'endSession' ? (): Promise<void> => Promise.resolve() : undefined,
  );
}

/** The session itself, except for the members that `memberOf` returns. */
function sessionFacade(session: Session, memberOf: (property: PropertyKey) => unknown): Session {
  return new Proxy(session, {
    get: (target, property) => memberOf(property) ?? (Reflect.get(target, property, target) as unknown),
    set: (target, property, value) => Reflect.set(target, property, value, target),
  });
}

/** Every command of one attempt passes the gate here, in the tick in which it goes to the server. */
export class MongoAttempt {
  readonly gate: ClientGate;
  /** Sessions that the change began. */
  readonly begun = new Set<Session>();
  /** Settles when the last command was answered: a transaction takes one command at a time. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #outside: OutsideRefusals;
  #failure: unknown;

  /** The session for the change. */
  readonly given: Session;
  /** The session for the driver, when an operation of the attempt has none. */
  readonly lent: Session;

  constructor(
    readonly location: Location,
    readonly client: mongo.MongoClient,
    readonly session: Session,
    /** False for a change with `transactional: false`: there is no transaction that a command could go around. */
    readonly inTransaction: boolean,
  ) {
    this.gate = clientGate(location.scope, location.targetId);
    this.#outside = new OutsideRefusals(location, OUTSIDE);
    this.given = changeSession(session, location, inTransaction);
    this.lent = lentSession(session);
  }

  /** Sends a command of the attempt; in a transaction, after the one before it was answered. */
  send<T>(call: string, command: () => Promise<T>): Promise<T> {
    const pass = async (): Promise<T> => {
      this.gate.pass(call);
      try {
        return this.#answered(call, await command());
      } catch (error) {
        throw this.#failed(call, error);
      }
    };
    return this.gate.inFlight.follow(this.inTransaction ? this.#inTurn(pass) : pass());
  }

  /** Sends a command that goes around the transaction, where the change allows it. @throws OutsideTransactionError where it does not */
  sendAround<T>(call: string, command: () => Promise<T>): Promise<T> {
    return this.#outside.admit(this.gate, call, command);
  }

  /** Why the change fails, even if it caught the error: an operation went around the transaction. */
  get outside(): unknown {
    return this.#outside.first;
  }

  /** @throws why the transaction must not be committed, even if the change has caught the error */
  check(): void {
    this.#outside.check();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.gate.inFlight.size > 0) throw stillInFlight(this.location);
  }

  #inTurn<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#last.then(send);
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  /** Notices a refused write: the server has given up the transaction, although the command itself did not fail. */
  #answered<T>(call: string, answer: T): T {
    const cause = this.inTransaction ? refusedWrite(answer) : undefined;
    if (cause) this.#failure ??= givenUp(this.location, call, cause);
    return answer;
  }

  #failed(call: string, error: unknown): unknown {
    if (!this.inTransaction) return error;
    if (isMongoError(error, 'standalone')) return standsAlone(this.location, error);
    const explained = isMongoError(error, 'notInTransaction')
      ? notInTransaction(this.location, call, error)
      : error;
    // The server rolls back when it answers with an error. A transient error stays as it is: its label lets the transaction run again.
    this.#failure ??=
      explained === error && isAnswered(error) ? givenUp(this.location, call, error) : explained;
    return explained;
  }
}
