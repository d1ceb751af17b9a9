import type { Kafka } from 'kafkajs';
import { classOf } from '../../core/class-of.js';
import { clientGate, type ClientGate } from '../../core/client-gate.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { outsideAnyChange } from '../../core/outside-any-change.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import type { PerformRecipe } from '../../core/recipe.js';
import { recipesInAttempt, recipesInPreview } from '../../core/recipe-clients.js';
import { RecipeLedger, type AttemptRecipes } from '../../core/recipe-ledger.js';
import { idleRecipes, Recipes } from '../../core/recipes.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../../core/target-system.js';
import { guardedCalls, noCalls, readingCalls } from './call-policies.js';
import type { CallPolicy } from './guarded-client.js';
import { KafkaConnections } from './kafka-connections.js';
import type { KafkaTargetSystemOptions } from './kafka-options.js';
import type { KafkaSession } from './kafka-session.js';
import { KAFKA_ADMIN, KAFKA_PRODUCER } from './kafka-tokens.js';
import { KafkaTopics } from './kafka.topics.js';

/**
 * A Kafka cluster as a target system, through your `Kafka` of kafkajs. What a change does is there at once; only the events
 * of one call of `KafkaTopics.seedEvents` come in a transaction.
 *
 * Clients: `Kafka` (the main one), an admin client under `KAFKA_ADMIN` and a producer under `KAFKA_PRODUCER`, which are
 * connected when the change first uses them, `KafkaTopics`, and `Recipes`. All of them are disconnected when the attempt ends.
 */
export class KafkaTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'kafka';
  readonly transactional = false;
  readonly #ledger = new RecipeLedger<KafkaSession>();

  constructor(
    readonly id: string,
    private readonly kafka: Kafka,
    private readonly options: KafkaTargetSystemOptions = {},
  ) {}

  /** Takes the `Kafka` from the container. */
  static inject(
    id: string,
    token: InjectionTokenOf<Kafka>,
    options?: KafkaTargetSystemOptions,
  ): Injected<KafkaTargetSystem, Kafka> {
    return {
      token,
      label: `KafkaTargetSystem '${id}'`,
      create: (kafka) => new KafkaTargetSystem(id, kafka, options),
    };
  }

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    const idle = new KafkaTopics({ perform: refuse, read: refuse });
    return this.#clients(this.#connections(noCalls(refuse)), idle, idleRecipes(refuse));
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const recipes = this.#ledger.open(scope);
    return this.#during(scope, guardedCalls, (connections, gate) =>
      work(this.#live(scope, connections, gate, recipes)),
    );
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return this.#during(scope, readingCalls, (connections, gate) => {
      const session = connections.session(scope, { reading: true });
      const { perform, recipes } = recipesInPreview({ targetId: this.id, session, gate }, note);
      return work(this.#clients(connections, topicsOf(session, gate, perform), recipes));
    });
  }

  #live(
    scope: AttemptScope,
    connections: KafkaConnections,
    gate: ClientGate,
    attempt: AttemptRecipes<KafkaSession>,
  ): Clients {
    const session = connections.session(scope);
    const site = { targetId: this.id, session, gate, guard: () => scope.guard() };
    const { perform, recipes } = recipesInAttempt(site, attempt);
    return this.#clients(connections, topicsOf(session, gate, perform), recipes);
  }

  /** Gives `work` connections that are dead and closed afterwards. */
  async #during<T>(
    scope: AttemptScope,
    policyOf: (gate: ClientGate, scope: AttemptScope) => CallPolicy,
    work: (connections: KafkaConnections, gate: ClientGate) => Promise<T>,
  ): Promise<T> {
    const gate = clientGate(scope, this.id);
    const connections = this.#connections(policyOf(gate, scope));
    try {
      return await work(connections, gate);
    } finally {
      gate.close();
      await gate.settled();
      await connections.close();
    }
  }

  #connections(policy: CallPolicy): KafkaConnections {
    return new KafkaConnections(this.kafka, this.options, policy);
  }

  #clients(connections: KafkaConnections, topics: KafkaTopics, recipes: Recipes): Clients {
    return [
      { token: classOf(this.kafka), instance: connections.guardedKafka() },
      { token: KAFKA_ADMIN, instance: connections.guardedAdmin() },
      { token: KAFKA_PRODUCER, instance: connections.guardedProducer() },
      { token: KafkaTopics, instance: topics },
      { token: Recipes, instance: recipes },
    ];
  }
}

function topicsOf(
  session: KafkaSession,
  gate: ClientGate,
  perform: PerformRecipe<KafkaSession>,
): KafkaTopics {
  return new KafkaTopics({ perform, read: (call, work) => gate.perform(call, () => work(session)) });
}
