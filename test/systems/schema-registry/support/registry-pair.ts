import { SchemaRegistryTargetSystem } from 'nestjs-flamingock/schema-registry';
import type { RecoveryPair } from 'nestjs-flamingock/testing';
import type { Audits } from '../../pairs/filesystem-pair.js';
import { ask, connect, newSubject, userSchema } from './registry.js';
import { registryOf } from './use.js';

/** The audit in a database, the effects subjects of the shared registry, with a name in front that only this pair has. */
export function registryPair(audit: string, createAudits: () => Promise<Audits>): RecoveryPair {
  const prefix = newSubject('pair');
  const subjectOf = (name: string): string => `${prefix}.${name}`;
  return {
    name: `${audit} × schema-registry`,
    strategy: 'plain',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: async (clients, name) => void (await registryOf(clients).register(subjectOf(name), userSchema())),
    revert: (clients, name) => registryOf(clients).deleteSubject(subjectOf(name)),
    sees: (clients, name) => registryOf(clients).isRegistered(subjectOf(name), userSchema()),
    createLocation: async () => {
      const audits = await createAudits();
      return {
        connect: async (namespace, options) => ({
          ...(await audits.connect(namespace, options)),
          target: new SchemaRegistryTargetSystem('schemas', connect()),
        }),
        effects: async () => {
          const subjects = (await ask<string[]>(`/subjects?subjectPrefix=${prefix}`)) ?? [];
          return subjects.flatMap((subject) =>
            subject.startsWith(`${prefix}.`) ? [subject.slice(prefix.length + 1)] : [],
          );
        },
        tamper: audits.tamper,
        drop: audits.drop,
      };
    },
  };
}
