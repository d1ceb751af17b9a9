import type { Clients } from 'nestjs-flamingock/kit';
import { KafkaTopics } from 'nestjs-flamingock/kafka';

/** The client of a token. */
export function clientOf<C>(clients: Clients, token: unknown): C {
  return clients.find((client) => client.token === token)?.instance as C;
}

export function topicsOf(clients: Clients): KafkaTopics {
  return clientOf<KafkaTopics>(clients, KafkaTopics);
}
