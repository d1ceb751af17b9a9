import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { SIDEBAR } from '../../../docs/.vitepress/config.mjs';
import { manifest } from '../manifest.js';
import { readSources, LIB, ROOT } from '../sources.js';
import {
  anchorsIn,
  type Fence,
  fencesIn,
  linksIn,
  type Page,
  readPage,
  readPages,
  tablesIn,
} from './pages.js';

const pages = readPages();
const neighbours = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map(readPage);
const fences = pages.flatMap(fencesIn);

describe('the documentation', () => {
  it.each([
    ['README.md', 150],
    ['CONTRIBUTING.md', 80],
    ['ARCHITECTURE.md', 120],
  ])('keeps %s to %i lines', (file, most) => {
    expect(readPage(file).text.trimEnd().split('\n').length).toBeLessThanOrEqual(most);
  });

  it.each([...pages, ...neighbours])('links to what exists: $file', (page) => {
    expect(linksIn(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it('leads to no file that is not on the site', () => {
    const onSite = pages.filter(({ file }) => file.startsWith('docs/'));
    const leaving = onSite.flatMap((page) =>
      linksIn(page)
        .filter((link) => !targetOf(page, link).startsWith('docs/'))
        .map((link) => `${page.file}: ${link}`),
    );
    expect(leaving).toEqual([]);
  });

  it('has every page in the sidebar, and each once', () => {
    const links = SIDEBAR.flatMap(({ items }) => items).flatMap((item) =>
      'link' in item ? [item.link] : [],
    );
    const files = links.map((link) => `docs${link.endsWith('/') ? `${link}index` : link}.md`);
    const ours = pages.map(({ file }) => file).filter((file) => !/^(README|docs\/index)\.md$/.test(file));
    expect(files.toSorted()).toEqual(ours.toSorted());
  });

  it('is linked from README.md, page by page or by what lists them', () => {
    const named = new Set(linksIn(readPage('README.md')).map((link) => link.split('#')[0]));
    const guides = pages.map(({ file }) => file).filter((file) => /^docs\/(guide|systems)\//.test(file));
    const missing = guides.filter((file) => !named.has(file) && !/(module|audit|index)\.md$/.test(file));
    expect(missing).toEqual([]);
  });

  it('names the environment variables that lib reads, and no other', () => {
    const [table] = tablesIn(readPage('docs/reference/environment.md'), 'environment');
    const written = table?.rows.map(([name = '']) => name.replaceAll('`', ''));
    expect(written?.toSorted()).toEqual(variablesInLib());
  });
});

describe('blocks of code', () => {
  it('are in languages that something checks', () => {
    const known = ['ts', 'js', 'json', 'yaml', 'sh', 'sql', 'text'];
    expect(fences.filter(({ language }) => !known.includes(language)).map(placeOf)).toEqual([]);
  });

  it.each(fences.filter(({ language }) => ['json', 'yaml', 'js'].includes(language)))(
    'are $language: $file:$line',
    async ({ language, text }) => {
      const parser = language === 'js' ? 'babel' : language;
      expect(await format(text, { parser })).not.toBe('');
    },
  );

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const all = [...pages, ...neighbours.slice(0, 2)].map(({ text }) => text).join('\n');
    const named = [...all.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('install only packages that the tests know', () => {
    const commands = fences.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const installed = commands
      .flatMap((text) => [...text.matchAll(/npm install (.+)/g)])
      .flatMap(([, names = '']) => names.split(' '));
    const known = { ...manifest.devDependencies, 'nestjs-flamingock': '' };
    expect(installed.filter((name) => !(name in known))).toEqual([]);
  });
});

/** Read by `process.env`, or named by a constant of ours. */
function variablesInLib(): string[] {
  const texts = readSources().map(({ file }) => readFileSync(join(LIB, file), 'utf8'));
  const found = texts.flatMap((text) => [
    ...[...text.matchAll(/\benv(?:\.|\[')([A-Z][A-Z_]+)\b/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/['`](FLAMINGOCK_[A-Z_]+)['`]/g)].map(([, name = '']) => name),
  ]);
  const tokens = texts.flatMap((text) => [...text.matchAll(/Symbol(?:\.for)?\('(FLAMINGOCK_\w+)'\)/g)]);
  const internal = new Set(tokens.map(([, name]) => name));
  return [...new Set(found)].filter((name) => !internal.has(name)).sort();
}

function targetOf({ file }: Page, link: string): string {
  const [path = ''] = link.split('#');
  return path ? normalize(join(dirname(file), path)) : file;
}

function leadsSomewhere(page: Page, link: string): boolean {
  const [, anchor] = link.split('#');
  const target = targetOf(page, link);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsIn(readPage(target)).includes(anchor);
}

function placeOf({ file, line, language }: Fence): string {
  return `${file}:${line} (${language})`;
}
