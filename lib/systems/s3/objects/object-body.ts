import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** Content that is read once. */
export type BodyStream = Readable | AsyncIterable<Uint8Array | string>;

/** Content of an object: a text (as UTF-8), bytes, a stream, or a function that opens the stream whenever it is asked. */
export type ObjectBody = string | Uint8Array | BodyStream | (() => BodyStream);

/** What is known of content before it is sent. JSON. */
export interface BodyDigest {
  /** In bytes. */
  readonly size: number;
  /** The ETags that S3 may give to it, quoted: as one piece, and in parts. */
  readonly etags: readonly string[];
}

/** Content in memory, as it is sent. */
export function bytesOf(body: ObjectBody): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? body : undefined;
}

/** Opens the stream. */
export function streamOf(body: ObjectBody): Readable {
  const opened = typeof body === 'function' ? body() : body;
  // One piece ahead: by default it would hold 16, of whatever size.
  return opened instanceof Readable ? opened : Readable.from(opened, { highWaterMark: 1 });
}

/** Reads what can be read more than once; undefined for a stream that can't. */
export async function digestOf(body: ObjectBody, partSize: number): Promise<BodyDigest | undefined> {
  const bytes = bytesOf(body);
  if (!bytes && typeof body !== 'function') return undefined;
  const digest = new PartDigest(partSize);
  if (bytes) digest.add(bytes);
  else for await (const chunk of streamOf(body)) digest.add(Buffer.from(chunk as Uint8Array | string));
  return digest.end();
}

/** MD5 of the whole and of each part: S3's ETag of an object that came in parts is the MD5 of their MD5s. */
class PartDigest {
  private readonly whole = createHash('md5');
  private readonly parts: Buffer[] = [];
  private part = createHash('md5');
  private inPart = 0;
  private size = 0;

  constructor(private readonly partSize: number) {}

  add(chunk: Uint8Array): void {
    this.whole.update(chunk);
    this.size += chunk.byteLength;
    for (let at = 0; at < chunk.byteLength;) {
      if (this.inPart === this.partSize) this.endPart();
      const piece = chunk.subarray(at, at + this.partSize - this.inPart);
      this.part.update(piece);
      this.inPart += piece.byteLength;
      at += piece.byteLength;
    }
  }

  end(): BodyDigest {
    const etags = [`"${this.whole.digest('hex')}"`];
    if (this.size > this.partSize) {
      this.endPart();
      const sum = createHash('md5').update(Buffer.concat(this.parts)).digest('hex');
      etags.push(`"${sum}-${this.parts.length}"`);
    }
    return { size: this.size, etags };
  }

  private endPart(): void {
    this.parts.push(this.part.digest());
    this.part = createHash('md5');
    this.inPart = 0;
  }
}
