import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Identity } from '../../core/model/clock.js';

/** What the options say about the app; the rest is read from the environment. */
export type KnownIdentity = Partial<Pick<Identity, 'actor' | 'environment' | 'appVersion' | 'app'>>;

/** Who runs the changes, and where: the OS user, `NODE_ENV`, name and version in the nearest package.json, the host's name. */
export function readIdentity(known: KnownIdentity): Identity {
  const manifest = manifestAbove(process.cwd());
  return {
    host: hostname(),
    actor: known.actor ?? osUser(),
    environment: known.environment ?? process.env['NODE_ENV'] ?? null,
    appVersion: known.appVersion ?? manifest.version,
    app: known.app ?? manifest.name,
  };
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that has no entry in /etc/passwd.
    return process.env['USER'] ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

interface Manifest {
  readonly name: string | null;
  readonly version: string | null;
}

function manifestAbove(directory: string): Manifest {
  const file = join(directory, 'package.json');
  if (existsSync(file)) return manifestIn(file);
  const parent = dirname(directory);
  return parent === directory ? { name: null, version: null } : manifestAbove(parent);
}

function manifestIn(file: string): Manifest {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Partial<
      Record<keyof Manifest, unknown>
    >;
    return { name: textOrNull(name), version: textOrNull(version) };
  } catch {
    return { name: null, version: null };
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
