import type { Acquisition, LeaseRequest } from '../../../lib/core/model/audit-store.js';
import type { FromChild } from '../app/messages.js';
import { Child, killAll } from './child.js';
import { type Deployment, newNamespace } from './deployment.js';

/** Processes that stay, each with a connection and an audit store of its own, and ask for the lease at one instant. */
export class Racers {
  private readonly alive = new Set<Child>();
  private round = 0;

  private constructor(
    private readonly deployment: Deployment,
    private readonly racers: Child[],
  ) {}

  /** Starts them. */
  static async start(deployment: Deployment, count: number): Promise<Racers> {
    const race = new Racers(deployment, []);
    try {
      const starting = Array.from({ length: count }, (_, index) =>
        Child.start('racer', `racer ${index}`, race.alive),
      );
      race.racers.push(...(await Promise.all(starting)));
      return race;
    } catch (error) {
      await race.end();
      throw error;
    }
  }

  /** Lets all of them open the store of a namespace that nobody has used. @returns the namespace */
  async openStore(): Promise<string> {
    const namespace = newNamespace();
    await Promise.all(this.racers.map((racer) => this.open(racer, namespace)));
    return namespace;
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

  private async open(racer: Child, namespace: string): Promise<void> {
    racer.forget();
    racer.say({ type: 'open-store', namespace, audit: this.deployment.auditSpec });
    await racer.hear('the store being open', ({ type }) => type === 'store-open');
  }

  private async answer(racer: Child): Promise<Acquisition | null> {
    const { round } = this;
    const isAnswer = (message: FromChild): boolean => message.type === 'acquired' && message.round === round;
    const message = await racer.hear(`the answer of round ${round}`, isAnswer);
    return message.type === 'acquired' ? message.taken : null;
  }
}
