import { createHash } from 'node:crypto';
import type { AttemptScope } from '../../core/model/target-system.js';

/** The namespace of the name-based UUIDs: a random constant. */
const NAMESPACE = Buffer.from('6f1c1d5a7a0b4c0f9d3e5b2a8c47e016', 'hex');

/** Methods that only read. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request of this method may change something. */
export function isUnsafe(method = 'GET'): boolean {
  return !SAFE.has(method.toUpperCase());
}

/** The key of one call of an attempt: a UUID (version 5, RFC 9562) of what identifies the call, so that others can compute it too. */
export function idempotencyKey(scope: AttemptScope, call: number): string {
  const { namespace, executionId, changeId, attempt } = scope;
  const name = JSON.stringify([namespace, executionId, changeId, attempt, call]);
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Numbers the calls of the latest attempt. `@Rollback` continues the numbers of `@Apply`. */
export class CallNumbers {
  #attempt = '';
  #last = 0;

  next({ namespace, executionId, changeId, attempt }: AttemptScope): number {
    const name = JSON.stringify([namespace, executionId, changeId, attempt]);
    if (name !== this.#attempt) this.#last = 0;
    this.#attempt = name;
    return (this.#last += 1);
  }
}
