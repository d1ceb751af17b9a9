import { afterAll, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { DocsApps } from './docs-app.js';
import { type Fence, fencesIn, readPages } from './pages.js';

const pages = readPages();
const apps = new DocsApps(pages);
afterAll(() => apps.remove());

const fences = pages.flatMap(fencesIn);
const TIMEOUT = 120_000;

describe('what the documentation shows is what is printed', () => {
  it.each(['README.md', 'docs/guide/getting-started.md'])(
    'the first boot of %s, and the second',
    async (file) => {
      const first = await apps.run(file, ['src/migrate.ts']);
      const lines = first.split('\n').filter((line) => /\[Flamingock\]|^ {2}applied/.test(line));
      expect(steady(lines.join('\n'))).toBe(steady(shown(file, 'the first boot')));
      const applied = lines.filter((line) => /^ {2}applied/.test(line)).length;
      expect(await apps.run(file, ['src/migrate.ts'])).toContain(`Nothing to do: ${applied} already applied`);
    },
    TIMEOUT,
  );

  it(
    'the preview of what the first boot will do',
    async () => {
      const file = 'docs/guide/preview.md';
      const printed = await apps.run(file, ['src/preview.ts'], 'FLAMINGOCK_ON_BOOTSTRAP=skip');
      expect(printed).toBe(shown(file, 'the preview'));
    },
    TIMEOUT,
  );

  it(
    'the preview of files',
    async () => {
      const printed = await apps.run(
        'docs/systems/filesystem.md',
        ['src/show-files.ts'],
        'FLAMINGOCK_ON_BOOTSTRAP=skip',
      );
      expect(printed).toContain(shown('docs/guide/preview.md', 'the preview of files'));
    },
    TIMEOUT,
  );

  it(
    'a change that needs a person',
    async () => {
      const file = 'docs/guide/recovery.md';
      await apps.run('docs/guide/getting-started.md', ['src/show-person.ts'], 'DIES=yes');
      const printed = await apps.run('docs/guide/getting-started.md', ['src/show-person.ts']);
      expect(steady(printed)).toBe(steady(shown(file, 'a change that needs a person')));
    },
    TIMEOUT,
  );

  it(
    'an import that is not understood',
    async () => {
      const printed = await apps.run('docs/guide/getting-started.md', ['src/show-import.ts']);
      const [headline = '', row = ''] = shown(
        'docs/guide/switching.md',
        'an import that is not understood',
      ).split('\n');
      const onSqlite = row.replace('(postgres, shop)', '(better-sqlite3, import.sqlite)');
      expect(printed.split('\n').slice(0, 2)).toEqual([headline, onSqlite]);
    },
    TIMEOUT,
  );

  it('the statements that create the tables on PostgreSQL', () => {
    const store = new TypeOrmAuditStore(new DataSource({ type: 'postgres' }));
    const [block] = fences.filter(({ language }) => language === 'sql');
    expect(block?.text).toBe(
      store
        .ddl()
        .map((statement) => `${statement};\n`)
        .join(''),
    );
  });

  it('nothing else is shown that nobody compares', () => {
    const texts = fences.filter(({ language }) => language === 'text' || language === 'sql');
    expect(texts.filter(({ language, shown: what }) => language === 'text' && !what).map(placeOf)).toEqual(
      [],
    );
    expect(texts).toHaveLength(7);
  });
});

describe('what the documentation tells to run', () => {
  it(
    'the test of all changes: it undoes and applies again',
    async () => {
      const printed = await apps.run('docs/guide/testing.md', ['test/changes.spec.ts']);
      expect(printed).toMatch(/'create-users: already-applied', 'add-user-status: applied'/);
    },
    TIMEOUT,
  );

  it(
    'the script of the command line page',
    async () => {
      const script = (...args: string[]) =>
        apps.run('docs/reference/command-line.md', ['src/flamingock.ts', ...args]);
      expect(await script('run')).toMatch(/2 applied/);
      expect(await script('undo', 'add-user-status')).toMatch(/rolled back +default 0002/);
      expect(await script('history', 'create-users')).toMatch(/state: 'APPLIED'/);
      await expect(script('resolve', 'create-users', 'applied', 'seen')).rejects.toThrow(
        'nothing to resolve',
      );
    },
    TIMEOUT,
  );

  it('the script that prints the statements', async () => {
    const [block] = fences.filter(({ language }) => language === 'sql');
    expect(await apps.run('docs/guide/deployment.md', ['src/ddl.ts'])).toBe(block?.text);
  }, 60_000);
});

function shown(file: string, what: string): string {
  const fence = fences.find((one) => one.file === file && one.shown === what);
  if (!fence) throw new Error(`${file} shows no <!-- shown: ${what} -->`);
  return fence.text;
}

/** Without what differs from run to run: times, ids, hosts, Nest's own prefix, line breaks. */
function steady(text: string): string {
  return text
    .replace(/^.*LOG \[Flamingock\]/gm, 'LOG [Flamingock]')
    .replace(/\d+(\.\d+)? m?s\b/g, 'N ms')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replace(/on \S+ at \d{4}-\S+Z/, 'on HOST at TIME')
    .replace(/on\s\S+ at \d{4}-\S+Z/, 'on HOST at TIME')
    .replace(/\s+/g, ' ')
    .trim();
}

function placeOf({ file, line }: Fence): string {
  return `${file}:${line}`;
}
