import type { ChangeDefinition } from './change.js';
import { LONGEST_TEXT } from './longest-text.js';

/** What every store of ours takes as a key: 255 characters in SQL, 1,000 bytes in DynamoDB; as namespaces. In characters. */
const LONGEST_KEY = 200;

/** Stored in JSON, which is longer: a control character takes six characters. */
const ESCAPED = /\p{Cc}|\p{Surrogate}|\s$/u;

/** What about the texts of a change no store could keep; each a text that says what to write instead. */
export function faultsOfTexts(change: ChangeDefinition): string[] {
  const keys = (['id', 'author', 'order', 'stage', 'targetSystem'] as const).flatMap((name) => {
    const length = storedLength(change[name]);
    return length > LONGEST_KEY
      ? [`${name} has ${length} characters; write one of at most ${LONGEST_KEY}`]
      : [];
  });
  return [...keys, ...faultsOfMetadata(change.metadata)];
}

function storedLength(text: string): number {
  return Array.from(ESCAPED.test(text) ? JSON.stringify(text) : text).length;
}

function faultsOfMetadata(metadata: ChangeDefinition['metadata']): string[] {
  if (metadata === null) return [];
  const fault = notJson(metadata, 'metadata', []);
  if (fault) return [`${fault}; write plain JSON`];
  const { length } = JSON.stringify(metadata);
  return length > LONGEST_TEXT
    ? [`metadata has ${length} characters as JSON; write at most ${LONGEST_TEXT}`]
    : [];
}

/** The first place of a value that JSON would not give back as it is. Members that are undefined count as left out. */
function notJson(value: unknown, place: string, within: readonly unknown[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place} is ${value}`;
  if (typeof value !== 'object') return `${place} is ${value === undefined ? '' : 'a '}${typeof value}`;
  if (within.includes(value)) return `${place} contains itself`;
  if (within.length > 100) return `${place} is nested too deep`;
  if (!isPlain(value)) return `${place} is an instance of ${value.constructor.name}`;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined && !Array.isArray(value)) continue;
    const fault = notJson(member, `${place}.${name}`, [...within, value]);
    if (fault) return fault;
  }
  return undefined;
}

/** Also of another realm. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype !== 'object' || prototype === null || Object.getPrototypeOf(prototype) === null;
}
