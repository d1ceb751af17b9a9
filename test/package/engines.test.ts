import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import semver from 'semver';
import { manifest } from './manifest.js';
import { ROOT } from './sources.js';

/** What the lock knows of an installed package. */
interface Locked {
  readonly version: string;
  readonly engines?: { readonly node?: string };
  /** npm passes over it without a word where it does not fit. */
  readonly optional?: boolean;
}

it('npm ci warns of no package that the oldest Node supported is too old for', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const oldest = semver.minVersion(manifest.engines.node) ?? '';
  const tooNew = Object.entries(packages)
    .filter(([, { optional }]) => !optional)
    .filter(([, { engines }]) => !semver.satisfies(oldest, engines?.node ?? '*'))
    .map(([path, { version, engines }]) => `${path} ${version} wants Node ${engines?.node}`);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(tooNew).toEqual([]);
});
