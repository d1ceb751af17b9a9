import type { S3Client } from '@aws-sdk/client-s3';
import type { PerformRecipe } from '../../core/model/recipe.js';
import type { ObjectBody } from './objects/object-body.js';
import { type ObjectLocation, stateOf } from './objects/object-state.js';
import {
  PUT_BUCKET_TAGS,
  PUT_CORS_RULES,
  PUT_LIFECYCLE_RULES,
  PUT_POLICY_STATEMENTS,
  REMOVE_BUCKET_TAGS,
  REMOVE_CORS_RULES,
  REMOVE_LIFECYCLE_RULES,
  REMOVE_POLICY_STATEMENTS,
} from './recipes/bucket-rules.recipes.js';
import { DELETE_BUCKET, ENSURE_BUCKET, isThere } from './recipes/buckets.recipes.js';
import { COPY_OBJECT, type CopyObjectOptions } from './recipes/copy-object.recipe.js';
import { DELETE_OBJECT, type DeleteObjectOptions } from './recipes/delete-object.recipe.js';
import { PUT_OBJECT, type PutObjectOptions } from './recipes/put-object.recipe.js';
import { type BucketEncryption, SET_ENCRYPTION } from './recipes/set-encryption.recipe.js';
import { type PublicAccessBlock, SET_PUBLIC_ACCESS_BLOCK } from './recipes/set-public-access-block.recipe.js';
import { SET_VERSIONING, type Versioning } from './recipes/set-versioning.recipe.js';
import type { CorsRule } from './rules/cors-rules.js';
import type { LifecycleRule } from './rules/lifecycle-rules.js';
import type { PolicyStatement } from './rules/policy-statements.js';
import type { S3Session } from './connection/s3-session.js';

/**
 * The client of an S3 target system for buckets and objects. Each method that changes something is a recipe: called again, it finds
 * nothing to change; it can be previewed; `Recipes.undo()` reverts it where that is possible. Errors name the call, the bucket and the
 * target system.
 *
 * S3 only writes configurations as a whole. So rules, statements and tags are read, merged by their id and written; those of others
 * stay. S3 has no conditional write here: of two writers at the same moment, the later wins.
 */
export class S3Buckets {
  readonly #session: Pick<S3Session, 'client'>;
  readonly #perform: PerformRecipe<S3Session>;

  /** @internal */
  constructor(client: S3Client, perform: PerformRecipe<S3Session>) {
    this.#session = { client };
    this.#perform = perform;
  }

  /** Whether a bucket exists. @throws S3RequestError when this client may not see it */
  hasBucket(bucket: string): Promise<boolean> {
    return isThere(this.#session, bucket);
  }

  /** Whether an object exists. */
  async hasObject(bucket: string, key: string): Promise<boolean> {
    return (await stateOf(this.#session, { bucket, key })) !== undefined;
  }

  /** Creates a bucket unless it exists. @param options.region - default: the client's */
  ensureBucket(bucket: string, { region }: { readonly region?: string } = {}): Promise<void> {
    return this.#perform(ENSURE_BUCKET, { bucket, ...(region !== undefined && { region }) });
  }

  /** Deletes an empty bucket. It can't be undone, so `allowDelete` confirms it. @throws S3RequestError when it is not empty */
  deleteBucket(bucket: string, { allowDelete }: { readonly allowDelete: true }): Promise<void> {
    return this.#perform(DELETE_BUCKET, { bucket, allowDelete });
  }

  /** Enables or suspends versioning. */
  setVersioning(bucket: string, versioning: Versioning): Promise<void> {
    return this.#perform(SET_VERSIONING, { bucket, versioning });
  }

  /** Adds lifecycle rules, or replaces those with the same `ID`. */
  putLifecycleRules(bucket: string, rules: readonly LifecycleRule[]): Promise<void> {
    return this.#perform(PUT_LIFECYCLE_RULES, { bucket, rules });
  }

  /** Removes lifecycle rules by their `ID`. */
  removeLifecycleRules(bucket: string, ids: readonly string[]): Promise<void> {
    return this.#perform(REMOVE_LIFECYCLE_RULES, { bucket, ids });
  }

  /** Adds CORS rules after the others. A rule with the same `ID` is replaced and keeps its position. */
  putCorsRules(bucket: string, rules: readonly CorsRule[]): Promise<void> {
    return this.#perform(PUT_CORS_RULES, { bucket, rules });
  }

  /** Removes CORS rules by their `ID`. */
  removeCorsRules(bucket: string, ids: readonly string[]): Promise<void> {
    return this.#perform(REMOVE_CORS_RULES, { bucket, ids });
  }

  /** Adds statements to the policy, or replaces those with the same `Sid`. */
  putPolicyStatements(bucket: string, statements: readonly PolicyStatement[]): Promise<void> {
    return this.#perform(PUT_POLICY_STATEMENTS, { bucket, rules: statements });
  }

  /** Removes statements of the policy by their `Sid`. */
  removePolicyStatements(bucket: string, sids: readonly string[]): Promise<void> {
    return this.#perform(REMOVE_POLICY_STATEMENTS, { bucket, ids: sids });
  }

  /** Adds tags, or replaces the values of existing ones. */
  putTags(bucket: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const rules = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return this.#perform(PUT_BUCKET_TAGS, { bucket, rules });
  }

  /** Removes tags by their key. */
  removeTags(bucket: string, keys: readonly string[]): Promise<void> {
    return this.#perform(REMOVE_BUCKET_TAGS, { bucket, ids: keys });
  }

  /** Sets the default encryption of new objects. */
  setEncryption(bucket: string, encryption: BucketEncryption): Promise<void> {
    return this.#perform(SET_ENCRYPTION, { bucket, encryption });
  }

  /** Sets switches against public access; those left out stay as they are. */
  setPublicAccessBlock(bucket: string, block: PublicAccessBlock): Promise<void> {
    return this.#perform(SET_PUBLIC_ACCESS_BLOCK, { bucket, block });
  }

  /**
   * Puts an object, unless it has the same content (by the MD5 in S3's ETag) and properties already. A stream is uploaded in parts,
   * and a failed upload leaves nothing. A function that opens a stream is called twice, to compare first; a bare stream can be read
   * only once, so it is always sent.
   *
   * @throws TargetSystemError or S3RequestError (`PreconditionFailed`) when a condition does not hold
   */
  putObject(bucket: string, key: string, body: ObjectBody, options: PutObjectOptions = {}): Promise<void> {
    return this.#perform(PUT_OBJECT, { bucket, key, body, options });
  }

  /** Makes S3 copy an object of up to 5 GiB, with content type, metadata and tags. */
  copyObject(from: ObjectLocation, to: ObjectLocation, options: CopyObjectOptions = {}): Promise<void> {
    return this.#perform(COPY_OBJECT, { from, to, options });
  }

  /** Deletes an object; no error when there is none. */
  deleteObject(bucket: string, key: string, options: DeleteObjectOptions = {}): Promise<void> {
    return this.#perform(DELETE_OBJECT, { bucket, key, options });
  }
}
