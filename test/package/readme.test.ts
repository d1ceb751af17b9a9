import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as flamingock from 'nestjs-flamingock';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { fencesIn, README, ReadmeApp } from './readme-snippets.js';
import { LIB, ROOT } from './sources.js';
import { execute } from './tarball.js';

const app = new ReadmeApp();
afterAll(() => app.remove());

// The README's own target system, against the contract that the README tells its reader to run.
await import(join(app.folder, 'test/redis.contract.spec.ts'));

describe('the code in README.md', () => {
  it('compiles', () => {
    expect(app.files.length).toBeGreaterThan(10);
    expect(app.compile()).toEqual([]);
  }, 60_000);

  it('previews what the first boot will do, as it shows', async () => {
    const shown = fencesIn(README).find(({ text }) => text.startsWith('Plan: '))?.text;
    expect(await run('src/preview.ts', 'FLAMINGOCK_ON_BOOTSTRAP=skip')).toBe(shown);
  }, 60_000);

  it('runs: the first boot, the second, and its test that undoes and applies again', async () => {
    const first = await run('src/migrate.ts');
    expect(first).toMatch(/Run succeeded: 2 applied/);
    expect(first).toMatch(/applied +default 0002 +add-user-status +user-db/);
    expect(await run('src/migrate.ts')).toMatch(/Nothing to do: 2 already applied/);
    expect(await run('test/changes.spec.ts')).toMatch(
      /'create-users: already-applied', 'add-user-status: applied'/,
    );
  }, 60_000);

  it('shows the statements that create the tables on PostgreSQL', () => {
    const store = new TypeOrmAuditStore(new DataSource({ type: 'postgres' }));
    const [block] = fencesIn(README).filter(({ language }) => language === 'sql');
    expect(block?.text).toBe(
      store
        .ddl()
        .map((statement) => `${statement};\n`)
        .join(''),
    );
  });
});

describe('README.md', () => {
  it.each([
    'nest/change-options.ts',
    'nest/flamingock-options.ts',
    'systems/typeorm/typeorm-audit.store.ts',
    'systems/typeorm/typeorm-target.system.ts',
    'systems/couchbase/collection-of.ts',
    'systems/couchbase/couchbase-audit.store.ts',
    'systems/couchbase/couchbase-target.system.ts',
    'systems/dynamodb/dynamodb-audit.store.ts',
    'systems/dynamodb/dynamodb-target.system.ts',
    'systems/mongoose/mongoose-audit.store.ts',
    'systems/mongoose/mongoose-target.system.ts',
    'systems/kafka/kafka-options.ts',
    'systems/rest/rest-options.ts',
    'systems/schema-registry/schema-registry.client.ts',
    'systems/schema-registry/schema-registry.target-system.ts',
    'systems/s3/s3-options.ts',
    'systems/filesystem/file-system.target-system.ts',
  ])('has a row for every option in lib/%s', (file) => {
    const rows = README.split('\n').filter((line) => line.startsWith('| `'));
    const documented = new Set(rows.flatMap((row) => row.split(/\W+/)));
    const options = optionsIn(readFileSync(join(LIB, file), 'utf8'));
    expect(options).not.toEqual([]);
    expect(options.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('has a row for every error that a user can meet', () => {
    const { FlamingockError, ...doors } = flamingock;
    // These two are what audit stores tell the engine.
    const internal = ['StaleFenceError', 'AppendRefusedError'];
    const errors = Object.entries(doors)
      .filter(([, value]) => typeof value === 'function' && value.prototype instanceof FlamingockError)
      .map(([name]) => name)
      .filter((name) => !internal.includes(name));
    expect(errors.filter((name) => !README.includes(`\n| \`${name}\` |`))).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...README.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'])(
    'and its neighbours link to what exists: %s',
    (file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
      expect(links.filter((link) => !leadsSomewhere(file, link))).toEqual([]);
    },
  );
});

/** Runs a file of the README's app as it is, in its folder. */
function run(file: string, ...variables: readonly string[]): Promise<string> {
  const project = `SWC_NODE_PROJECT=${join(ROOT, 'tsconfig.json')}`;
  const loader = ['--import', '@swc-node/register/esm-register'];
  return execute('env', [project, 'NO_COLOR=1', ...variables, process.execPath, ...loader, file], app.folder);
}

/** The properties of every exported interface whose name ends in Options. */
function optionsIn(source: string): string[] {
  const bodies = [...source.matchAll(/^export interface \w*Options[^{]*\{\n([^]*?)^\}/gm)];
  return bodies.flatMap(([, body = '']) =>
    [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name),
  );
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = join(ROOT, path || from);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsIn(readFileSync(file, 'utf8')).includes(anchor);
}

/** As GitHub makes them. */
function anchorsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
