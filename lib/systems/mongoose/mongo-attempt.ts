import type { mongo } from 'mongoose';
import { OutsideRefusals } from '../../core/outside-refusals.js';
import {
  attemptEnded,
  givenUp,
  notInTransaction,
  OUTSIDE,
  type Place,
  standsAlone,
  stillUnderWay,
} from './attempt-errors.js';
import { CommandsUnderWay } from './commands-under-way.js';
import { isAnswered, isMongoError } from './mongo-errors.js';
import { type Caller, currentCaller } from './own-context.js';
import { refusedWrite } from './refused-write.js';
import { changeSession, lentSession } from './session-handle.js';

/** Every command of one attempt passes here, in the tick in which it goes to the server; after `close` none does. */
export class MongoAttempt {
  readonly underWay = new CommandsUnderWay();
  /** Sessions that the change began. */
  readonly begun = new Set<mongo.ClientSession>();
  readonly #ambient: Caller = { attempt: this, joins: false };
  readonly #joining: Caller = { attempt: this, joins: true };
  #closed = false;
  readonly #outside: OutsideRefusals;
  #failure: unknown;

  /** The session as the change gets it. */
  readonly given: mongo.ClientSession;
  /** The session as the driver gets it for an operation of the attempt that has none. */
  readonly lent: mongo.ClientSession;

  constructor(
    readonly place: Place,
    readonly client: mongo.MongoClient,
    readonly session: mongo.ClientSession,
    /** False for a plain change: there is no transaction that a command could go around. */
    readonly inTransaction: boolean,
  ) {
    this.#outside = new OutsideRefusals(place, OUTSIDE);
    this.given = changeSession(session, place, inTransaction);
    this.lent = lentSession(session);
  }

  /** Runs the code of the change. */
  run<T>(work: () => T): T {
    return currentCaller.run(this.#ambient, work);
  }

  /** Runs a call of one of the clients that the change was given. */
  join<T>(work: () => T): T {
    return currentCaller.run(this.#joining, work);
  }

  /** @throws AttemptEndedError, and what the guard of the attempt throws */
  pass(call: string): void {
    if (this.#closed) throw attemptEnded(this.place, call);
    this.place.scope.guard();
  }

  /** Sends a command of the attempt. */
  send<T>(call: string, command: () => Promise<T>): Promise<T> {
    const passed = async (): Promise<T> => {
      this.pass(call);
      try {
        return this.#answered(call, await command());
      } catch (error) {
        throw this.#failed(call, error);
      }
    };
    return this.inTransaction ? this.underWay.inTurn(passed) : this.underWay.follow(passed());
  }

  /** A command that goes around the transaction: refused, or let through where the change allows it. */
  async sendAround<T>(call: string, command: () => Promise<T>): Promise<T> {
    this.pass(call);
    if (this.place.scope.outsideTransaction === 'allow') return this.underWay.follow(command());
    throw this.#outside.refuse(call);
  }

  /** From here on every command is refused: the attempt is over. */
  close(): void {
    this.#closed = true;
  }

  /** Why the change fails, whatever error of its own it makes of it: an operation went around the transaction. */
  get outside(): unknown {
    return this.#outside.first;
  }

  /** @throws why the transaction must not be committed, even if the change has caught the error */
  check(): void {
    this.#outside.check();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.underWay.size) throw stillUnderWay(this.place);
  }

  /** A write that was refused has given up the transaction, although the command itself did not fail. */
  #answered<T>(call: string, answer: T): T {
    const cause = this.inTransaction ? refusedWrite(answer) : undefined;
    if (cause) this.#failure ??= givenUp(this.place, call, cause);
    return answer;
  }

  #failed(call: string, error: unknown): unknown {
    if (!this.inTransaction) return error;
    if (isMongoError(error, 'standalone')) return standsAlone(this.place, error);
    const told = isMongoError(error, 'notInTransaction') ? notInTransaction(this.place, call, error) : error;
    // A server that answers with an error has rolled back; a transient one is for the retry.
    this.#failure ??= told === error && isAnswered(error) ? givenUp(this.place, call, error) : told;
    return told;
  }
}
