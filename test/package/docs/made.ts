import { doors } from '../manifest.js';
import { libraries, type Row, servers } from './facts.js';
import { type Page, readPage } from './pages.js';
import type { PublicTypes } from './public-types.js';

/** What a door is for; a new one needs a line here. */
const PURPOSE: Readonly<Record<string, string>> = {
  '.': 'module, decorators, service, values, errors',
  './testing': 'contract suites of stores, target systems and recipes',
  './kit': 'what authors of systems build with',
};

/** The tables that are made from the code, by the name in `<!-- made: name -->`. */
const TABLES: Readonly<Record<string, (types: PublicTypes) => readonly [head: Row, ...rows: Row[]]>> = {
  doors: () => [
    ['import from', 'what it has'],
    ...doors.map(({ path }) => [
      `\`${path.replace(/^\./, 'nestjs-flamingock')}\``,
      PURPOSE[path] ?? `[${titleOf(path.slice(2))}](../systems/${path.slice(2)}.md)`,
    ]),
  ],
  errors: (types) => [
    ['code', 'class, from', 'what happened'],
    ...types
      .errors()
      .map(({ code, name, door, purpose }) => [
        `[\`${code}\`](#${code.toLowerCase()})`,
        door === 'nestjs-flamingock' ? `\`${name}\`` : `\`${name}\`, \`${door}\``,
        purpose,
      ]),
  ],
  libraries: () => [['', 'declared', 'tested'], ...libraries()],
  servers: () => [['server', 'version', 'note'], ...servers()],
};

const BLOCK = /^<!-- made: (\w+) -->\n[^]*?^<!-- end -->$/gm;

/** The text of a page with its made tables as the code has them. */
export function filled({ file, text }: Page, types: () => PublicTypes): string {
  return text.replace(BLOCK, (_, name: string) => {
    const table = TABLES[name];
    if (!table)
      throw new Error(`${file} asks for a table '${name}'; there are ${Object.keys(TABLES).join(', ')}`);
    const [head, ...rows] = table(types());
    const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    return `<!-- made: ${name} -->\n${lines.join('\n')}\n<!-- end -->`;
  });
}

function titleOf(system: string): string {
  const { text } = readPage(`docs/systems/${system}.md`);
  return /^# (.+)$/m.exec(text)?.[1] ?? system;
}
