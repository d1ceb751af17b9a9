import { S3Client } from '@aws-sdk/client-s3';
import type { TargetSystem } from '../../../lib/core/model/target-system.js';
import { S3TargetSystem } from '../../../lib/systems/s3/index.js';
import { bucketEffects } from './bucket-effects.js';
import type { EffectsOf } from './effects.js';
import type { BucketSpec } from './messages.js';

/** A client of its own, as each process has one. */
export function connectBucket({ endpoint, credentials }: BucketSpec): S3Client {
  return new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
}

/** S3 as the target system of an app. */
export function openBucket(id: string, spec: BucketSpec): { system: TargetSystem; effects: EffectsOf } {
  return { system: new S3TargetSystem(id, connectBucket(spec)), effects: bucketEffects(spec) };
}
