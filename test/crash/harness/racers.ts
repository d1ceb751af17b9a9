import type { Acquisition, LeaseRequest } from '../../../lib/core/audit-store.js';
import type { FromChild } from '../app/messages.js';
import { Child, killAll } from './child.js';
import { newNamespace, type Deployment } from './deployment.js';

/** Processes that stay, each with a connection and an audit store of its own, and ask for the lease at one instant. */
export class Racers {
  readonly namespace = newNamespace();
  private readonly alive = new Set<Child>();
  private round = 0;

  private constructor(private readonly racers: Child[]) {}

  /** Starts them and lets all of them open the store. */
  static async start(deployment: Deployment, count: number): Promise<Racers> {
    const race = new Racers([]);
    try {
      const script = deployment.compiled.script('racer');
      const starting = Array.from({ length: count }, (_, index) =>
        Child.start(script, `racer ${index}`, race.alive),
      );
      race.racers.push(...(await Promise.all(starting)));
      await Promise.all(race.racers.map((racer) => race.open(racer, deployment)));
      return race;
    } catch (error) {
      await race.end();
      throw error;
    }
  }

  /** All of them ask for the lease at once. @returns the tokens, each at its place; null for those that did not get it */
  acquire(request: (index: number) => LeaseRequest): Promise<(Acquisition | null)[]> {
    this.round += 1;
    for (const [index, racer] of this.racers.entries()) {
      racer.forget();
      racer.say({ type: 'acquire', round: this.round, request: request(index) });
    }
    return Promise.all(this.racers.map((racer) => this.answer(racer)));
  }

  end(): Promise<void> {
    return killAll(this.alive);
  }

  private async open(racer: Child, { auditSpec }: Deployment): Promise<void> {
    racer.say({ type: 'open-store', namespace: this.namespace, audit: auditSpec });
    await racer.hear('the store being open', ({ type }) => type === 'store-open');
  }

  private async answer(racer: Child): Promise<Acquisition | null> {
    const { round } = this;
    const isAnswer = (message: FromChild): boolean => message.type === 'acquired' && message.round === round;
    const message = await racer.hear(`the answer of round ${round}`, isAnswer);
    return message.type === 'acquired' ? message.taken : null;
  }
}
