import { describe, expect, it } from '@jest/globals';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import { Injectable } from '@nestjs/common';
import { Apply, Change, Flamingock, Recipes, Rollback, Verify } from 'nestjs-flamingock';
import { MemoryAuditStore, MemoryDatabase } from 'nestjs-flamingock/memory';
import { SchemaRegistry, SchemaRegistryTargetSystem } from 'nestjs-flamingock/schema-registry';
import { compiled } from '../../nest/support/apps.js';
import { connect, newSubject, put, stateOf, userSchema } from './support/registry.js';

const ID = userSchema();
const STATUS = userSchema({ name: 'status', type: 'string', default: 'new' });
const site = { author: 'shop-team', targetSystem: 'schemas' };

@Injectable()
class Subjects {
  readonly users = newSubject('users');
}

@Change({ id: 'update-kafka-schema', order: '0001', ...site })
class UpdateKafkaSchema {
  constructor(private readonly subjects: Subjects) {}

  @Apply()
  async apply(registry: SchemaRegistry, library: SchemaRegistryClient): Promise<void> {
    expect(await library.getAllVersions(this.subjects.users)).toEqual([1]);
    await registry.register(this.subjects.users, STATUS, { compatibility: 'FULL' });
  }

  @Rollback()
  async rollback(recipes: Recipes): Promise<void> {
    await recipes.undo();
  }

  @Verify()
  verify(registry: SchemaRegistry): Promise<boolean> {
    return registry.isRegistered(this.subjects.users, STATUS);
  }
}

@Change({ id: 'half-way', order: '0002', ...site })
class HalfWay {
  static fails = true;

  constructor(private readonly subjects: Subjects) {}

  @Apply()
  async apply(registry: SchemaRegistry): Promise<void> {
    const wide = userSchema({ name: 'age', type: 'int' });
    await registry.register(this.subjects.users, wide, { compatibility: 'NONE' });
    if (HalfWay.fails) throw new Error('half way');
  }

  @Rollback()
  async rollback(recipes: Recipes): Promise<void> {
    expect(recipes.performed).toEqual([expect.stringMatching(/^register AVRO schema in 'users-.*\(NONE\)$/)]);
    await recipes.undo();
  }
}

describe('an app with changes of a schema registry', () => {
  it('applies them, takes back the one that fails, and applies that again', async () => {
    const database = new MemoryDatabase();
    const subjects = new Subjects();
    await put(subjects.users, ID);
    const boot = async (): Promise<Flamingock> => {
      const app = await compiled(
        {
          providers: [
            { provide: SchemaRegistryClient, useFactory: () => connect() },
            { provide: Subjects, useValue: subjects },
            UpdateKafkaSchema,
            HalfWay,
          ],
        },
        {
          auditStore: new MemoryAuditStore(database),
          targetSystems: [SchemaRegistryTargetSystem.inject('schemas', SchemaRegistryClient)],
          onBootstrap: 'skip',
        },
      );
      return (await app.init()).get(Flamingock);
    };
    const flamingock = await boot();
    await expect(flamingock.run()).rejects.toThrow(/'half-way'[^]*was rolled back/);
    expect(await stateOf(subjects.users)).toEqual({
      versions: [1, 2],
      level: { compatibilityLevel: 'FULL' },
    });
    HalfWay.fails = false;
    const { changes } = await (await boot()).run();
    expect(changes.map(({ outcome }) => outcome)).toEqual(['already-applied', 'applied']);
    expect(await stateOf(subjects.users)).toEqual({
      versions: [1, 2, 4],
      level: { compatibilityLevel: 'NONE' },
    });
  });
});
