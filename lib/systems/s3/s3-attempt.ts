import type { S3Client } from '@aws-sdk/client-s3';
import { type CancellableCalls, cancellableCalls } from '../../core/cancellable-calls.js';
import type { ClientGate } from '../../core/client-gate.js';
import { TargetSystemError } from '../../core/errors.js';
import type { SdkWitness } from '../../core/sdk-witness.js';
import type { AttemptScope } from '../../core/target-system.js';
import { witnessed } from './attempt-context.js';
import { describeCall, isRead, type S3Call } from './command-kind.js';
import { interceptedClient } from './intercepted-client.js';

/** Which attempt, on what. */
export interface AttemptParts {
  readonly client: S3Client;
  readonly targetId: string;
  readonly scope: AttemptScope;
  /** True for a preview: whatever is no read is refused. */
  readonly readOnly: boolean;
}

/** Judges every call that the code of an attempt sends, and cancels what is under way when it ends badly. */
export class S3Attempt implements SdkWitness {
  readonly client: S3Client;
  readonly gate: ClientGate;
  /** The client that the attempt gets. */
  readonly guarded: S3Client;
  /** Fires when the attempt has ended. */
  readonly signal: AbortSignal;
  readonly #calls: CancellableCalls;

  constructor(private readonly parts: AttemptParts) {
    this.client = parts.client;
    this.#calls = cancellableCalls(parts.scope, parts.targetId, 'call');
    this.gate = this.#calls.gate;
    this.signal = this.#calls.signal;
    this.guarded = interceptedClient(this.client, (_call, options, send) =>
      witnessed(this, () => send({ ...options, abortSignal: this.#signalBeside(options.abortSignal) })),
    );
  }

  async admit<T>(call: S3Call, send: () => Promise<T>): Promise<T> {
    const text = describeCall(call);
    this.gate.pass(text);
    if (this.parts.readOnly && !isRead(call)) throw this.#refused(text);
    return this.gate.perform(text, send);
  }

  /** Runs the code of the attempt, and ends with it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#calls.during(() => witnessed(this, work));
  }

  #signalBeside(given: AbortSignal | undefined): AbortSignal {
    return given instanceof AbortSignal ? AbortSignal.any([this.signal, given]) : this.signal;
  }

  #refused(call: string): TargetSystemError {
    const { scope, targetId } = this.parts;
    return new TargetSystemError(
      `Change '${scope.changeId}' is only previewed, so a write to target system '${targetId}' was refused: ${call}`,
      {
        fix: ['write by S3Buckets, whose operations can be previewed', 'or accept that this change can not'],
      },
    );
  }
}
