import { addAbortSignal, Readable } from 'node:stream';
import type { AxiosRequestConfig } from 'axios';

/** How much of the body of a failed request is read, in bytes: enough for an excerpt, and for a program to look into. */
const KEPT = 16 * 1024;

/** Whether a body can be read here, in the place of axios, and given on as axios would. */
export function isReadHere({ responseType }: AxiosRequestConfig): boolean {
  return responseType === undefined || ['text', 'json', 'arraybuffer'].includes(responseType);
}

/** The whole body as axios hands it to its transformers. @throws when it breaks off, is too long or the signal fires */
export async function wholeBody(
  body: unknown,
  config: AxiosRequestConfig,
  signal: AbortSignal,
): Promise<unknown> {
  const stream = streamOf(body, signal);
  if (!stream) return body;
  const { maxContentLength: longest = -1 } = config;
  const { bytes, isWhole } = await read(stream, longest < 0 ? Infinity : longest);
  if (!isWhole) throw new Error(`maxContentLength size of ${longest} exceeded`);
  return asAsked(bytes, config);
}

/** The beginning of a body; the rest is not read. Never throws: what there is counts. */
export async function beginningOfBody(
  body: unknown,
  config: AxiosRequestConfig,
  signal: AbortSignal,
): Promise<unknown> {
  const stream = streamOf(body, signal);
  if (!stream) return body;
  const { bytes } = await read(stream, KEPT).catch(() => ({ bytes: Buffer.alloc(0) }));
  return asAsked(bytes.subarray(0, KEPT), config);
}

async function read(
  stream: Readable,
  longest: number,
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the stream, and the connection with it.
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > longest) return { bytes: Buffer.concat(chunks), isWhole: false };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

function streamOf(body: unknown, signal: AbortSignal): Readable | undefined {
  if (body instanceof Readable) return addAbortSignal(signal, body);
  // What axios's fetch adapter gives.
  return body instanceof ReadableStream ? addAbortSignal(signal, Readable.from(body)) : undefined;
}

function asAsked(bytes: Buffer, { responseType, responseEncoding }: AxiosRequestConfig): unknown {
  if (responseType === 'arraybuffer') return bytes;
  return bytes.toString((responseEncoding ?? 'utf8') as BufferEncoding).replace(/^\uFEFF/, '');
}
