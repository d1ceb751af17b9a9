import { readFileSync } from 'node:fs';

const { exports: doors } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The source of each public door, so that a new one is documented by itself. @type {string[]} */
const entryPoints = Object.values(doors).flatMap((door) =>
  door.types ? [`../${door.types.replace('./dist/', 'lib/').replace(/\.d\.ts$/, '.ts')}`] : [],
);

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions} */
export default {
  entryPoints,
  tsconfig: '../tsconfig.build.json',
  plugin: ['typedoc-plugin-markdown'],
  out: 'reference/api',
  // One page a door.
  outputFileStrategy: 'modules',
  entryFileName: 'modules',
  basePath: '../lib',
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  // A docstring may name what only the inside knows: the page then shows the name without a link.
  validation: { notExported: false, invalidLink: false },
};
