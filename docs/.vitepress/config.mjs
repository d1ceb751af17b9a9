import { existsSync, readFileSync } from 'node:fs';
import { slugOf } from './slug.mjs';

/** @param {string} base @param {Record<string, string>} pages by their names */
const items = (base, pages) =>
  Object.entries(pages).map(([name, text]) => ({ text, link: `/${base}/${name}` }));

/** The pages that TypeDoc makes of the public doors; there are none before it has run. */
const { exports: doors } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const api = Object.entries(doors).flatMap(([path, { types }]) => {
  const page = types?.replace(/^\.\/dist\/|(\/index)?\.d\.ts$/g, '');
  const isMade = existsSync(new URL(`../reference/api/${page}.md`, import.meta.url));
  return isMade ? [{ text: path.replace(/^\./, 'nestjs-flamingock'), link: `/reference/api/${page}` }] : [];
});

export const SIDEBAR = [
  {
    text: 'Guide',
    items: items('guide', {
      'getting-started': 'Getting started',
      changes: 'Changes',
      'verify-and-rollback': 'Verify and rollback',
      recovery: 'Recovery',
      module: 'The module',
      'boot-modes': 'Boot modes',
      preview: 'Preview',
      undo: 'Undo',
      recipes: 'Recipes',
      audit: 'The audit',
      switching: 'Switching from another tool',
      faq: 'Questions',
    }),
  },
  {
    text: 'Run it',
    items: items('guide', {
      'local-development': 'Local development',
      testing: 'Testing',
      deployment: 'Deployment',
      probes: 'Probes and hybrid apps',
      operations: 'Operations',
      runbook: 'Runbook',
    }),
  },
  {
    text: 'Systems',
    items: [
      { text: 'All systems', link: '/systems/' },
      ...items('systems', {
        typeorm: 'SQL by TypeORM',
        mongoose: 'MongoDB by Mongoose',
        dynamodb: 'DynamoDB',
        couchbase: 'Couchbase',
        kafka: 'Kafka',
        'schema-registry': 'Schema registries',
        s3: 'S3',
        filesystem: 'Folders',
        rest: 'REST APIs',
        memory: 'Memory',
      }),
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Doors and pages', link: '/reference/' },
      ...items('reference', {
        options: 'Options',
        errors: 'Errors',
        environment: 'Environment variables',
        'command-line': 'Command line',
        compatibility: 'Compatibility',
      }),
      { text: 'API', collapsed: true, items: api },
    ],
  },
  {
    text: 'Extend',
    items: items('extend', {
      'target-system': 'Target system',
      'audit-store': 'Audit store',
      recipes: 'Recipes',
    }),
  },
  {
    text: 'Internals',
    items: items('internals', {
      protocol: 'Protocol',
      invariants: 'Invariants',
      simulation: 'Simulation',
      'crash-tests': 'Crash tests',
      benchmarks: 'Benchmarks',
      glossary: 'Glossary',
      limits: 'Limits',
    }),
  },
];

export default {
  title: 'nestjs-flamingock',
  description:
    'Change-as-Code for NestJS: changes to databases, brokers, buckets and APIs, run once at boot, on record',
  cleanUrls: true,
  // A dead link fails the build; that is the default, and stays.
  ignoreDeadLinks: false,
  // A page of the API is long.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  markdown: { anchor: { slugify: slugOf } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/guide/getting-started' },
      { text: 'Systems', link: '/systems/' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: SIDEBAR,
  },
};
