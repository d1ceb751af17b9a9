import type { Transcoder } from 'couchbase';

/** What all SDKs of Couchbase agree on for JSON. */
const JSON_FLAGS = 0x02000000;

/** Our documents are JSON, whatever the transcoder of the app's cluster makes of its own. */
export const JSON_TRANSCODER: Transcoder = {
  encode: (value: unknown): [Buffer, number] => [Buffer.from(JSON.stringify(value)), JSON_FLAGS],
  decode: (bytes: Buffer): unknown => JSON.parse(bytes.toString()) as unknown,
};
