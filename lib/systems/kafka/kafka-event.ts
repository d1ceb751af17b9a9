/** An event to be seeded. */
export interface KafkaEvent {
  /** Decides the partition, and what a compacted topic keeps. @default none */
  readonly key?: string | Uint8Array | null;
  /** The payload as it is to be on the topic; null is a tombstone. */
  readonly value: string | Uint8Array | null;
  /** Those whose name begins with `flamingock-` are ours. */
  readonly headers?: Readonly<Record<string, string | Uint8Array>>;
  /** @default the partition of the key */
  readonly partition?: number;
}

/** Where to look for events, and whose. */
export interface LookForEvents {
  /** The change that seeded them. @default the one that asks */
  readonly changeId?: string;
  /**
   * These very events, as they were given to `seedEvents`: for a change that seeds a topic more than once.
   *
   * @default any that the change seeded
   */
  readonly events?: readonly KafkaEvent[];
  /** Events older than this are not looked at, which saves reading a long topic from its beginning. @default all are */
  readonly since?: Date;
}
