import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { COMPILED, compileFolder } from '../../support/compiled.mjs';
import { ROOT } from '../sources.js';
import { execute } from '../tarball.js';
import { type Fence, fencesIn, type Page } from './pages.js';

/** What tests run in the app of a page; it stands on the page's code, so no compiler but the page's can check it. */
const SCRIPTS = join(import.meta.dirname, '..', 'apps');

/** Pages whose code imports an app import this one's. */
const BASE = 'docs/guide/getting-started.md';

/**
 * The apps that the pages' TypeScript blocks make. Each page has a folder of its own, with the app of the first page in it;
 * each block is a file whose name is in its first line.
 */
export class DocsApps {
  /** In here the package by its name is the library as it was compiled for the tests. */
  readonly folder = join(COMPILED, `docs-${process.pid}`);
  readonly files: readonly string[];

  constructor(pages: readonly Page[]) {
    const code = pages.map((page) => fencesIn(page).filter(({ language }) => language === 'ts'));
    const base = code.find(([first]) => first?.file === BASE) ?? [];
    this.files = code
      .filter((fences) => fences.length)
      .flatMap((fences) => {
        const folder = this.folderOf(fences[0]?.file ?? '');
        cpSync(join(import.meta.dirname, 'app'), folder, { recursive: true });
        cpSync(SCRIPTS, join(folder, 'src'), { recursive: true });
        base.forEach((fence) => write(folder, fence));
        return fences.map((fence) => write(folder, fence));
      });
  }

  folderOf(page: string): string {
    return join(this.folder, page.replace(/\.md$/, ''));
  }

  /** Compiles a page's app and runs a file of it, in its folder. */
  async run(
    page: string,
    [file = '', ...args]: readonly string[],
    ...variables: readonly string[]
  ): Promise<string> {
    const folder = this.folderOf(page);
    await compileFolder(folder);
    const node = [process.execPath, file.replace(/\.ts$/, '.js'), ...args];
    return execute('env', ['NO_COLOR=1', ...variables, ...node], folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function write(folder: string, { text, file: page, line }: Fence): string {
  const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
  if (!name) throw new Error(`${page}:${line}: a ts block must begin with the name of its file: // src/x.ts`);
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** What the compiler says against these files of a program, each with its place. */
export function faultsIn(program: ts.Program, files: readonly string[]): string[] {
  return files
    .flatMap((file) => {
      const source = program.getSourceFile(file);
      if (!source) return [];
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    })
    .map((diagnostic) =>
      ts.formatDiagnostic(diagnostic, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => join(ROOT, 'test-results'),
        getNewLine: () => '\n',
      }),
    );
}
