import { describe, expect, it } from '@jest/globals';
import { crowdedFolders, crumbs, longFiles, longFunctions } from './sizes.js';
import { factsOf, isMeasured, readSources } from './sources.js';

const sources = readSources();
const measured = sources.filter(isMeasured);

describe('the sizes of lib', () => {
  it('are taken of its files, functions and imports', () => {
    expect(measured.length).toBeGreaterThan(200);
    expect(sources.flatMap(({ functions }) => functions).length).toBeGreaterThan(1000);
    expect(sources.length - measured.length).toBeGreaterThan(0);
  });

  it('keep every file small', () => {
    expect(longFiles(sources)).toEqual([]);
  });

  it('keep every function small', () => {
    expect(longFunctions(sources)).toEqual([]);
  });

  it('keep every folder small', () => {
    expect(crowdedFolders(measured)).toEqual([]);
  });

  it('leave no small file beside the only one that imports it', () => {
    expect(crumbs(measured)).toEqual([]);
  });
});

describe('the measures themselves', () => {
  const lines = (count: number) => 'export {};\n'.repeat(count);

  it('find a file of more than 250 lines', () => {
    expect(longFiles([factsOf('a/long.ts', lines(251)), factsOf('a/short.ts', lines(250))])).toEqual([
      expect.stringMatching(/^lib\/a\/long\.ts: 251 lines, at most 250\. To fix: /),
    ]);
  });

  it.each([
    ['a function', (body: string) => `function f() {${body}}`],
    ['an arrow', (body: string) => `const f = () => {${body}};`],
    ['a method', (body: string) => `class A {\n/** Not a part of it. */\nf() {${body}}}`],
    ['an accessor', (body: string) => `class A { get f() {${body}} }`],
    ['a constructor', (body: string) => `class A { constructor() {${body}} }`],
  ])('find %s of more than 50 lines', (_, written) => {
    const long = factsOf('a/long.ts', written('\n'.repeat(50)));
    const short = factsOf('a/short.ts', written('\n'.repeat(49)));
    expect(longFunctions([long, short])).toEqual([
      expect.stringMatching(/^lib\/a\/long\.ts:\d: a function of 51 lines, at most 50\. To fix: /),
    ]);
  });

  it('find a folder of more than 18 files, those of its own folders left out', () => {
    const folder = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => factsOf(`${name}/file-${index}.ts`, ''));
    expect(crowdedFolders([...folder('a', 19), ...folder('b', 18), ...folder('b/c', 18)])).toEqual([
      expect.stringMatching(/^lib\/a: 19 files, at most 18\. To fix: /),
    ]);
  });

  it('find a small file beside its only importer, and no other', () => {
    const tree = [
      factsOf(
        'a/user.ts',
        `import './crumb.js';\nimport './large.js';\nimport type { T } from './typed.js';`,
      ),
      factsOf('a/other.ts', `import './shared.js';\nimport '../b/elsewhere.js';`),
      factsOf('a/third.ts', `import './shared.js';`),
      factsOf('a/crumb.ts', lines(39)),
      factsOf('a/typed.ts', lines(1)),
      factsOf('a/large.ts', lines(40)),
      factsOf('a/shared.ts', lines(1)),
      factsOf('b/elsewhere.ts', lines(1)),
      factsOf('a/index.ts', `export * from './public.js';`),
      factsOf('a/public.ts', lines(1)),
      factsOf('a/entry.ts', lines(1)),
    ];
    expect(crumbs(tree)).toEqual([
      expect.stringMatching(/^lib\/a\/crumb\.ts: 39 lines, and only a\/user\.ts imports it\. To fix: /),
      expect.stringMatching(/^lib\/a\/typed\.ts: 1 lines, /),
    ]);
  });
});
