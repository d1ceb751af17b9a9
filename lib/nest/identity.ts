import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Identity } from '../core/clock.js';

/** What an app says about itself; the rest is found out. */
export type KnownIdentity = Partial<Pick<Identity, 'actor' | 'environment' | 'appVersion'>>;

/** Who runs, and where: the OS user, `NODE_ENV`, the version in the nearest package.json, the host's name. */
export function readIdentity(known: KnownIdentity): Identity {
  return {
    host: hostname(),
    actor: known.actor ?? osUser(),
    environment: known.environment ?? process.env['NODE_ENV'] ?? null,
    appVersion: known.appVersion ?? versionAbove(process.cwd()),
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

function versionAbove(directory: string): string | null {
  const file = join(directory, 'package.json');
  if (existsSync(file)) return versionIn(file);
  const parent = dirname(directory);
  return parent === directory ? null : versionAbove(parent);
}

function versionIn(file: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
