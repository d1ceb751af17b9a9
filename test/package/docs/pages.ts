import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { slugOf } from '../../../docs/.vitepress/slug.mjs';
import { ROOT } from '../sources.js';

/** A Markdown file of the documentation. */
export interface Page {
  /** Relative to the package, with slashes. */
  readonly file: string;
  readonly text: string;
}

/** A block of code in a page. */
export interface Fence {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What the comment right before it says that it shows: `<!-- shown: the first boot -->`. */
  readonly shown: string | undefined;
}

/** A table that follows a comment such as `<!-- options: LockOptions -->`. */
export interface MarkedTable {
  readonly file: string;
  readonly subject: string;
  /** Cells without their outer spaces; head and rule left out. */
  readonly rows: readonly (readonly string[])[];
}

/** What TypeDoc writes is no page of ours. */
const GENERATED = /^docs\/(reference\/api|\.vitepress)\//;

/** README.md and every page of the site. */
export function readPages(): Page[] {
  const files = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((file) => `docs/${file.split(sep).join('/')}`)
    .filter((file) => file.endsWith('.md') && !GENERATED.test(file));
  return ['README.md', ...files.sort()].map(readPage);
}

export function readPage(file: string): Page {
  return { file: relative(ROOT, join(ROOT, file)).split(sep).join('/'), text: read(file) };
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export function fencesIn({ file, text }: Page): Fence[] {
  const blocks = text.matchAll(/(?:^<!-- shown: (.+) -->\n)?^```(\w*)\n([^]*?)^```$/gm);
  return [...blocks].map(({ index, 1: shown, 2: language = '', 3: body = '' }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    language,
    text: body,
    shown,
  }));
}

/** The tables that a comment of this kind marks. */
export function tablesIn({ file, text }: Page, kind: string): MarkedTable[] {
  const blocks = text.matchAll(new RegExp(`^<!-- ${kind}:? ?(.*?) ?-->\\n((?:\\|.*\\n)+)`, 'gm'));
  return [...blocks].map(([, subject = '', table = '']) => ({
    file,
    subject,
    rows: table.trim().split('\n').slice(2).map(cellsOf),
  }));
}

function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** Links to files and anchors of ours, as they are written. */
export function linksIn(page: Page): string[] {
  return [...prose(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
}

export function anchorsIn(page: Page): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => slugOf(title));
}

/** The text without its blocks of code. */
export function prose({ text }: Page): string {
  return text.replace(/^```[^]*?^```$/gm, '');
}
