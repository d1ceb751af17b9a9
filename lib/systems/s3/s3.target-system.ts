import { S3Client } from '@aws-sdk/client-s3';
import { injectableTarget } from '../../core/kit/injectable.js';
import { RecipeTargetSystem } from '../../core/kit/recipe-target-system.js';
import { attemptsOn } from './connection/s3-attempt.js';
import { type S3TargetSystemOptions, settingsOf } from './s3-options.js';
import type { S3Session } from './connection/s3-session.js';

/**
 * S3, or a server that speaks its protocol. It has no transactions: every call takes effect at once.
 *
 * Clients: the app's `S3Client`, guarded (the main one), `S3Buckets`, whose operations can be previewed and undone,
 * and `Recipes`, which undoes them. Once the attempt has ended they refuse every call, and so does the app's client
 * for code of the attempt that still runs.
 */
export class S3TargetSystem extends RecipeTargetSystem<S3Session> {
  readonly kind = 's3';

  /**
   * @param id - what changes name in `targetSystem`
   * @param client - the app's; it is not destroyed here
   * @throws TargetSystemError for options that S3 would not take
   */
  constructor(id: string, client: S3Client, options?: S3TargetSystemOptions) {
    super(id, { open: attemptsOn(client, settingsOf(id, options)) });
  }

  /** A target system whose client comes from the container. @param token - default: the class S3Client */
  static readonly inject = injectableTarget(S3TargetSystem, 'S3TargetSystem', S3Client);
}
