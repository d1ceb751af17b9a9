import type { Message } from 'kafkajs';

/** A broker takes batches of up to 1 MiB by default; with room for what is not counted here. In bytes. */
const LARGEST_BATCH = 512 * 1024;

/** What the protocol adds to a batch, to an event and to a header at most, in bytes. */
const BATCH_BYTES = 61;
const EVENT_BYTES = 36;
const HEADER_BYTES = 10;

/**
 * Messages in their order, in batches that a broker takes: kafkajs makes one batch of all that it is given for a partition.
 * One that is too large by itself is alone, for the broker to refuse.
 *
 * @param largest - what the topic takes at most, in bytes
 */
export function* eventBatches(messages: readonly Message[], largest = LARGEST_BATCH): Generator<Message[]> {
  const limit = Math.min(largest, LARGEST_BATCH) - BATCH_BYTES;
  let [batch, size]: [Message[], number] = [[], 0];
  for (const message of messages) {
    const bytes = bytesOf(message);
    if (batch.length > 0 && size + bytes > limit) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(message);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

function bytesOf({ key, value, headers = {} }: Message): number {
  const inHeaders = Object.entries(headers).map(
    ([name, content]) => HEADER_BYTES + Buffer.byteLength(name) + lengthOf(content?.toString()),
  );
  return inHeaders.reduce((sum, bytes) => sum + bytes, EVENT_BYTES + lengthOf(key) + lengthOf(value));
}

function lengthOf(content: string | Buffer | null | undefined): number {
  return content === null || content === undefined ? 0 : Buffer.byteLength(content);
}
