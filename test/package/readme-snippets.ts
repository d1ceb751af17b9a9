import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './sources.js';

/** A block of code in a Markdown file. */
export interface Fence {
  readonly language: string;
  readonly text: string;
}

export const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The fenced blocks of a Markdown text. */
export function fencesIn(markdown: string): Fence[] {
  return [...markdown.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The app that the README's TypeScript blocks make, each a file whose name is in its first line. */
export class ReadmeApp {
  /** Below the package, so that its packages are found; not in git. */
  readonly folder = join(ROOT, 'test-results', `readme-${process.pid}`);
  readonly files: readonly string[];

  constructor() {
    const blocks = fencesIn(README).filter(({ language }) => language === 'ts');
    cpSync(join(import.meta.dirname, 'readme'), this.folder, { recursive: true });
    this.files = blocks.map(({ text }) => this.write(text));
  }

  /** What the compiler says against them, each with its file and line. */
  compile(): string[] {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const program = ts.createProgram(this.files, options);
    return ts.getPreEmitDiagnostics(program).map((diagnostic) =>
      ts.formatDiagnostic(diagnostic, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => this.folder,
        getNewLine: () => '\n',
      }),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(text: string): string {
    const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
    if (!name) throw new Error(`A ts block of README.md does not begin with its file's name:\n${text}`);
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
}
