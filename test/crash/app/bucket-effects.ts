import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Clients } from '../../../lib/core/model/target-system.js';
import { S3Buckets } from '../../../lib/systems/s3/index.js';
import type { Effects, EffectsOf } from './effects.js';
import type { BucketSpec } from './messages.js';

/** Effects as objects below a prefix: `<change>/<part>#<attempt>`. */
export function bucketEffects(spec: BucketSpec): EffectsOf {
  return (clients, changeId) => new BucketEffects(clients, spec, `${changeId}/`);
}

/** The names of the effects that are there, sorted. */
export async function effectsLeft(client: S3Client, { bucket, prefix }: BucketSpec): Promise<string[]> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix });
  const { Contents = [] } = await client.send(command);
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length)).sort();
}

class BucketEffects implements Effects {
  private readonly client: S3Client;
  private readonly buckets: S3Buckets;

  constructor(
    clients: Clients,
    private readonly spec: BucketSpec,
    private readonly changePrefix: string,
  ) {
    this.client = clients[0].instance as S3Client;
    this.buckets = clients.find(({ token }) => token === S3Buckets)?.instance as S3Buckets;
  }

  add(part: string, attempt: number): Promise<void> {
    const { bucket, prefix } = this.spec;
    return this.buckets.putObject(bucket, `${prefix}${this.changePrefix}${part}#${attempt}`, 'done');
  }

  async remove(part: string): Promise<void> {
    const { bucket, prefix } = this.spec;
    for (const name of await this.names())
      if (name.startsWith(`${this.changePrefix}${part}#`))
        await this.buckets.deleteObject(bucket, `${prefix}${name}`);
  }

  async parts(): Promise<ReadonlySet<string>> {
    const own = (await this.names()).filter((name) => name.startsWith(this.changePrefix));
    return new Set(own.map((name) => name.slice(this.changePrefix.length, name.indexOf('#'))));
  }

  async createTable(): Promise<void> {
    throw new Error('a bucket has no tables');
  }

  private names(): Promise<string[]> {
    return effectsLeft(this.client, this.spec);
  }
}
