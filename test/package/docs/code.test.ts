import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DocsApps, faultsIn } from './docs-app.js';
import { filled } from './made.js';
import { type MarkedTable, readPages, tablesIn } from './pages.js';
import { PublicTypes } from './public-types.js';

const pages = readPages();
const apps = new DocsApps(pages);
/** One program for the doors and for all code of all pages: reading the drivers' types is what costs. */
let types: PublicTypes;
beforeAll(() => {
  types = new PublicTypes(apps.files);
}, 60_000);
afterAll(() => apps.remove());

it('compiles: the code of every page', () => {
  expect(apps.files.length).toBeGreaterThan(30);
  expect(faultsIn(types.program, apps.files)).toEqual([]);
}, 60_000);

describe('tables of options', () => {
  const tables = pages.flatMap((page) => tablesIn(page, 'options'));

  it.each(tables)('of $subject in $file agree with the type', (table) => {
    expect(asWritten(table)).toEqual(asTyped(types.optionsOf(table.subject)));
  });

  it('are there for every exported type of options', () => {
    // Parts of other types, and what only authors of systems meet.
    const elsewhere = [
      'AdoptOptions',
      'ConnectOptions',
      'CopyObjectOptions',
      'CouchbaseCollectionOptions',
      'DeleteObjectOptions',
      'ObjectOptions',
    ];
    const documented = [...tables.map(({ subject }) => subject), ...elsewhere];
    expect(types.typesNamed('Options').filter((name) => !documented.includes(name))).toEqual([]);
  });
});

it('tables of the kit name everything that it exports, and each once', () => {
  const cells = pages
    .flatMap((page) => tablesIn(page, 'kit'))
    .flatMap(({ rows }) => rows.map(([, names = '']) => names));
  const named = cells.flatMap((names) => names.split(', ').map(plain));
  expect(named.toSorted()).toEqual(types.namesOf('./kit').toSorted());
});

describe('tables that are made', () => {
  it.each(pages.filter(({ text }) => text.includes('<!-- made: ')))(
    'are as the code has them in $file (npm run docs:write)',
    (page) => {
      expect(filled(page, () => types)).toBe(page.text);
    },
  );

  it('say of each code what to do', () => {
    const page = pages.find(({ file }) => file === 'docs/reference/errors.md');
    const codes = new Set(types.errors().map(({ code }) => code));
    expect(codes.size).toBeGreaterThan(10);
    const explained = [...(page?.text.matchAll(/^### ([A-Z_]+)$/gm) ?? [])].map(([, code]) => code);
    expect(new Set(explained)).toEqual(codes);
  });
});

/** Name and default of each row; what marks up the default is of no importance. */
function asWritten({ rows }: MarkedTable): Record<string, string> {
  return Object.fromEntries(
    rows.map(([name = '', , byDefault = '']) => [plain(name), plain(byDefault)]).sort(byName),
  );
}

function asTyped(options: ReturnType<PublicTypes['optionsOf']>): Record<string, string> {
  const rows = (options ?? []).map((option) => [
    option.name,
    option.isRequired ? 'required' : plain(option.default ?? 'none'),
  ]);
  return Object.fromEntries(rows.sort(byName));
}

function plain(cell: string): string {
  return cell.replaceAll('`', '').trim();
}

function byName([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}
