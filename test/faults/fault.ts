import type { FaultyServer } from './faulty-server.js';

/** What fails. */
export type Fault =
  /** The server is killed and is back at once: all connections are gone. */
  | 'server restarts'
  /** The server is killed and stays away for a while: nobody listens. */
  | 'server is away'
  /** The server is killed and comes back when the run is over. */
  | 'server is gone'
  /** Every connection is cut; new ones work. */
  | 'connections are cut'
  /** The connections that there are say nothing any more and are not closed; new ones work. */
  | 'connections fall silent'
  /** As before, and new connections are accepted and never answered: a dead peer. */
  | 'peer is dead'
  /** Every answer is late. */
  | 'answers are late'
  /** The next request that matters is done by the server, and the connection is cut before it has answered. */
  | 'answer is lost'
  /** The same, but the connection stays, and nothing ever comes. */
  | 'answer never comes';

/** How long a server stays away, in milliseconds. */
const AWAY_MS = 500;
const DELAY_MS = 10;

/** A fault under way. */
export interface FaultUnderWay {
  /** Puts everything right again, and waits until it is. */
  heal(): Promise<void>;
}

/** @param request - a text in the request whose answer is to be lost */
export async function bringAbout(
  fault: Fault,
  { proxy, kill, restart }: FaultyServer,
  request: string,
): Promise<FaultUnderWay> {
  let back: Promise<unknown> = Promise.resolve();
  let returns: () => Promise<void> = () => Promise.resolve();
  switch (fault) {
    case 'server restarts':
      await kill();
      await restart();
      break;
    case 'server is away':
      await kill();
      back = new Promise((resolve) => setTimeout(resolve, AWAY_MS)).then(restart);
      break;
    case 'server is gone':
      await kill();
      returns = restart;
      break;
    case 'connections are cut':
      proxy.cut();
      break;
    case 'connections fall silent':
    case 'peer is dead':
      proxy.fallSilent({ toNewOnes: fault === 'peer is dead' });
      break;
    case 'answers are late':
      proxy.slowDown(DELAY_MS);
      break;
    case 'answer is lost':
    case 'answer never comes':
      back = proxy.loseAnswerTo(request, fault === 'answer is lost' ? 'lost' : 'withheld');
      break;
  }
  return {
    heal: async () => {
      await back;
      await returns();
      proxy.heal();
    },
  };
}
