import type { Connection } from 'mongoose';
import type { Clients } from '../../../lib/core/model/target-system.js';
import type { Effects, EffectsOf } from './effects.js';

/** Where the parts of effects are kept in MongoDB. */
export const EFFECTS_COLLECTION = 'crash_effects';

/** One document for each change, which all its attempts write: what one has left open is in the way of the next. */
export const CONTENDED_COLLECTION = 'crash_contended';

export interface EffectDocument {
  readonly namespace: string;
  readonly changeId: string;
  readonly part: string;
  readonly attempt: number;
}

/** Effects as documents, by the connection that a change gets, without a word about sessions. */
export function documentEffects(namespace: string): EffectsOf {
  return (clients, changeId) => new DocumentEffects(mainClient(clients), { namespace, changeId });
}

function mainClient([{ instance }]: Clients): Connection {
  return instance as Connection;
}

class DocumentEffects implements Effects {
  constructor(
    private readonly connection: Connection,
    private readonly mine: Pick<EffectDocument, 'namespace' | 'changeId'>,
  ) {}

  async add(part: string, attempt: number): Promise<void> {
    const { namespace, changeId } = this.mine;
    const contended = this.connection.collection<{ readonly _id: string }>(CONTENDED_COLLECTION);
    const written = { $inc: { writes: 1 } };
    await contended.updateOne({ _id: `${namespace}/${changeId}` }, written, { upsert: true });
    await this.documents.insertOne({ ...this.mine, part, attempt });
  }

  async remove(part: string): Promise<void> {
    await this.documents.deleteMany({ ...this.mine, part });
  }

  async parts(): Promise<ReadonlySet<string>> {
    const found = await this.documents.find(this.mine).toArray();
    return new Set(found.map(({ part }) => part));
  }

  async createTable(): Promise<void> {
    const { namespace, changeId } = this.mine;
    await this.connection.createCollection(`crash_${namespace}_${changeId}`);
  }

  private get documents() {
    return this.connection.collection<EffectDocument>(EFFECTS_COLLECTION);
  }
}
