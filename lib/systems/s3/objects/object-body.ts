import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** Content that can be read only once. */
export type BodyStream = Readable | AsyncIterable<Uint8Array | string>;

/** Content of an object: a text (sent as UTF-8), bytes, a stream, or a function that opens a new stream at each call. */
export type ObjectBody = string | Uint8Array | BodyStream | (() => BodyStream);

/** Size and hashes of content, computed before it is sent. JSON. */
export interface BodyDigest {
  /** In bytes. */
  readonly size: number;
  /** The ETags that S3 may give to it, quoted: one for a single upload, one for an upload in parts. */
  readonly etags: readonly string[];
}

/** The bytes of content that is in memory; undefined for a stream. */
export function bytesOf(body: ObjectBody): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? body : undefined;
}

/** The content as a stream. */
export function streamOf(body: ObjectBody): Readable {
  const opened = typeof body === 'function' ? body() : body;
  // Reads one chunk ahead; the default is 16 chunks, of any size.
  return opened instanceof Readable ? opened : Readable.from(opened, { highWaterMark: 1 });
}

/** Reads content that can be read again and computes its digest; undefined for a stream that can be read only once. */
export async function digestOf(body: ObjectBody, partSize: number): Promise<BodyDigest | undefined> {
  const bytes = bytesOf(body);
  if (!bytes && typeof body !== 'function') return undefined;
  const digest = new PartDigest(partSize);
  if (bytes) digest.add(bytes);
  else for await (const chunk of streamOf(body)) digest.add(Buffer.from(chunk as Uint8Array | string));
  return digest.end();
}

/** MD5 of the whole and of each part. S3's ETag of an object that was uploaded in parts is the MD5 of the parts' MD5s. */
class PartDigest {
  readonly #whole = createHash('md5');
  readonly #parts: Buffer[] = [];
  #part = createHash('md5');
  #inPart = 0;
  #size = 0;

  readonly #partSize: number;

  constructor(partSize: number) {
    this.#partSize = partSize;
  }

  add(chunk: Uint8Array): void {
    this.#whole.update(chunk);
    this.#size += chunk.byteLength;
    for (let at = 0; at < chunk.byteLength;) {
      if (this.#inPart === this.#partSize) this.#endPart();
      const piece = chunk.subarray(at, at + this.#partSize - this.#inPart);
      this.#part.update(piece);
      this.#inPart += piece.byteLength;
      at += piece.byteLength;
    }
  }

  end(): BodyDigest {
    const etags = [`"${this.#whole.digest('hex')}"`];
    if (this.#size > this.#partSize) {
      this.#endPart();
      const sum = createHash('md5').update(Buffer.concat(this.#parts)).digest('hex');
      etags.push(`"${sum}-${this.#parts.length}"`);
    }
    return { size: this.#size, etags };
  }

  #endPart(): void {
    this.#parts.push(this.#part.digest());
    this.#part = createHash('md5');
    this.#inPart = 0;
  }
}
