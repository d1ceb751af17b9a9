import { CALM, type Fate, fateOf, type FaultProfile } from './fault-profile.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { World } from './world.js';

/** How a server answers one call; only the first answer counts. */
export interface Answer<T> {
  ok(value: T): void;
  fail(error: unknown): void;
}

/** A connection whose calls arrive in the order in which they were sent. */
export interface Connection {
  /** Calls that are sent and have not arrived. */
  inFlight: number;
  /** When the last of them arrives. */
  lastArrival: number;
  /** Nothing sent from now on arrives. */
  broken: boolean;
  /** A call on it was lost: the client gives it up, and the server notices some time later. */
  breakOff(): void;
}

/** One call over the network. */
export interface Call<T> {
  readonly name: () => string;
  /** What the server does when it arrives; what it throws is its answer. */
  readonly serve: (answer: Answer<T>) => void;
  readonly connection?: Connection;
  /** What may go wrong with it, besides being lost. */
  readonly mayBeLate?: boolean;
  /** What the server says when it will not. */
  readonly refusal?: () => Error;
  /** Told what became of it. */
  readonly onFate?: (fate: Fate) => void;
}

/** The network between processes and servers. */
export class Wire {
  faultProfile: FaultProfile = CALM;
  /** Longest pause of a slow call, in milliseconds. */
  slowest = 1_000;

  constructor(private readonly world: World) {}

  call<T>(caller: SimulatedProcess, call: Call<T>): Promise<T> {
    const { connection, name } = call;
    caller.calls(name());
    const fate = connection?.broken ? 'lost request' : this.#fateOf(call);
    call.onFate?.(fate);
    return new Promise<T>((resolve, reject) => {
      const back = (error: unknown, value?: T): void =>
        this.#answer(caller, call, error, () =>
          error === undefined ? resolve(value as T) : reject(error as Error),
        );
      if (fate !== 'lost request') return this.#send(caller, call, fate, back);
      this.world.note(() => `${name()} will never arrive`);
      connection?.breakOff();
      back(noAnswer(name()));
    });
  }

  #fateOf<T>({ connection, mayBeLate = !connection, refusal }: Call<T>): Fate {
    const fate = fateOf(this.world.random, this.faultProfile);
    const impossible = (fate === 'late' && !mayBeLate) || (fate === 'refused' && !refusal);
    return impossible ? 'answered' : fate;
  }

  #send<T>(
    caller: SimulatedProcess,
    call: Call<T>,
    fate: Fate,
    back: (error: unknown, value?: T) => void,
  ): void {
    const { connection, name, refusal, serve } = call;
    const delay = this.#arrival(connection, fate);
    const lost = (): void => {
      connection?.breakOff();
      back(noAnswer(name()));
    };
    if (connection) connection.inFlight++;
    if (fate === 'late') lost();
    let answered = fate === 'late';
    const once = (error: unknown, value?: T): void => {
      if (answered) return;
      answered = true;
      if (fate === 'lost answer') lost();
      else back(error, value);
    };
    this.world.schedule(
      delay,
      () => `${caller.name} → ${name()}${fate === 'answered' ? '' : ` (${fate})`}`,
      () => {
        caller.phase = 'done';
        if (connection) connection.inFlight--;
        if (fate === 'refused' && refusal) return once(refusal());
        try {
          serve({ ok: (value) => once(undefined, value), fail: (error) => once(error) });
        } catch (error) {
          once(error);
        }
      },
      caller,
    );
  }

  #answer<T>(caller: SimulatedProcess, { name }: Call<T>, error: unknown, done: () => void): void {
    caller.deliver(
      this.#delay(),
      () =>
        `${caller.name} ← ${name()}: ${error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : 'ok'}`,
      done,
    );
  }

  /** A call never overtakes an earlier one on its connection. */
  #arrival(connection: Connection | undefined, fate: Fate): number {
    const { now, random } = this.world;
    const late = fate === 'late' ? random.between(20, random.pick([600, this.slowest])) : 0;
    const at = Math.max(now + late + this.#delay(), (connection?.lastArrival ?? 0) + 0.01);
    if (connection) connection.lastArrival = at;
    return at - now;
  }

  #delay(): number {
    const { random } = this.world;
    return random.chance(this.faultProfile.slow) ? random.between(100, this.slowest) : random.between(1, 15);
  }
}

function noAnswer(name: string): Error {
  return new Error(`no answer to ${name}`);
}
