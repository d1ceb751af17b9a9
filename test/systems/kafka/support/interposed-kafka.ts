import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, AdminConfig, Kafka } from 'kafkajs';

/** The same client, of whose admin clients some calls are another way. */
export function interposedKafka(kafka: Kafka, around: (admin: Admin) => Partial<Admin>): Kafka {
  const admin = (config?: AdminConfig): Admin => {
    const own = kafka.admin(config);
    return { ...own, ...around(own) };
  };
  return new Proxy(kafka, {
    get: (target, name, receiver): unknown =>
      name === 'admin' ? admin : Reflect.get(target, name, receiver),
  });
}

const LATE_MS = 200;

/** As a cluster whose broker hears late of what its controller did, which is done by `cluster`: the answer comes first. */
export function lateKafka(kafka: Kafka, cluster: Admin): Kafka {
  const late = (work: () => Promise<unknown>): void => void sleep(LATE_MS).then(work);
  return interposedKafka(kafka, () => ({
    async createTopics(asked) {
      if (asked.validateOnly) return cluster.createTopics(asked);
      late(() => cluster.createTopics(asked));
      return true;
    },
    async createPartitions(asked) {
      late(() => cluster.createPartitions(asked));
      return true;
    },
    async alterConfigs(asked) {
      if (asked.validateOnly) return cluster.alterConfigs(asked);
      late(() => cluster.alterConfigs(asked));
      return { resources: [], throttleTime: 0 };
    },
    deleteTopics: async (asked) => late(() => cluster.deleteTopics(asked)),
  }));
}
