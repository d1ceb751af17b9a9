import { canonicalJson } from '../../../core/kit/canonical-json.js';
import type { WrittenKind } from './own-writes.js';
import type { S3Session } from '../connection/s3-session.js';

/** Settings of a bucket that are written by one call. */
export interface BucketSettings {
  /** Name of each setting, for people: `CORS rule 'shop' of bucket 'assets'`. */
  readonly names: readonly string[];
  /** Reads the value of each setting, as JSON that is equal for equal meaning; undefined for a setting that does not exist. */
  read(): Promise<readonly unknown[]>;
}

/** Compares settings by value, because S3 has no ETags for them. */
export const WRITTEN_SETTINGS: WrittenKind<unknown, unknown> = {
  isSame,
  describe: (now, written) =>
    isObject(now) && isObject(written) ? describeMembers(now, written) : describeValue(now, written),
};

/**
 * Writes settings and reads them back: servers fill in defaults and write the same in other words.
 *
 * @param wanted - the value of each, as `read` would return it
 */
export function writeSettings(
  { writes }: S3Session,
  { names, read }: BucketSettings,
  wanted: readonly unknown[],
  write: () => Promise<void>,
): Promise<void> {
  const expected = names.map((name, index) => [name, wanted[index]] as const);
  return writes.settings.during(expected, async () => {
    await write();
    // The write has succeeded, whether or not it can be read back.
    const found = await read().catch(() => wanted);
    return expected.map((entry, index) => [...entry, found[index]] as const);
  });
}

/**
 * Writes the old values of settings, unless they have these values already.
 *
 * @throws TargetSystemError when somebody else has written one of them since the attempt did
 */
export async function putBackSettings(
  session: S3Session,
  settings: BucketSettings,
  before: readonly unknown[],
  write: () => Promise<void>,
): Promise<void> {
  const now = await settings.read();
  const others = settings.names.flatMap((name, index) =>
    isSame(before[index], now[index]) ? [] : [[name, now[index]] as const],
  );
  if (others.length === 0) return;
  session.writes.settings.refuseOthers(others);
  await writeSettings(session, settings, before, write);
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function describeMembers(now: object, written: object): string {
  const names = [...new Set([...Object.keys(written), ...Object.keys(now)])];
  return names
    .map((name) => [name, Reflect.get(now, name), Reflect.get(written, name)] as const)
    .filter(([, is, was]) => !isSame(is, was))
    .map(([name, is, was]) => `${name} is ${describeValue(is, was)}`)
    .join(', ');
}

function describeValue(now: unknown, written: unknown): string {
  const is = now === undefined ? 'nothing' : canonicalJson(now);
  return written === undefined ? is : `${is}, not ${canonicalJson(written)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
