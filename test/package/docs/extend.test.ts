import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { DocsApps } from './docs-app.js';
import { fencesIn, readPages } from './pages.js';

const FIRST = 'docs/guide/getting-started.md';
const pages = readPages().filter(({ file }) => file === FIRST || file.startsWith('docs/extend/'));
const apps = new DocsApps(pages);
afterAll(() => apps.remove());

// The documentation's own target system, audit store and recipes, against the contracts that it tells its reader to run.
for (const { file } of pages) {
  const folder = join(apps.folderOf(file), 'test');
  const suites =
    file === FIRST ? [] : readdirSync(folder).filter((name) => name.endsWith('.contract.spec.ts'));
  for (const suite of suites) await import(join(folder, suite));
}

it('shows systems that are built outside of this package, with its root, its kit and its testing tools alone', () => {
  const fences = pages.filter(({ file }) => file !== FIRST).flatMap(fencesIn);
  const imported = fences.flatMap(({ text }) => [...text.matchAll(/ from '([^.'][^']*)'/g)]);
  expect(new Set(imported.map(([, module]) => module))).toEqual(
    new Set([
      'nestjs-flamingock',
      'nestjs-flamingock/kit',
      'nestjs-flamingock/testing',
      '@jest/globals',
      'node:crypto',
    ]),
  );
});
