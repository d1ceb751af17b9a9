// What a technology says when it refuses something that a secret is in, and what is left of that for people to read.
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeThat, failureOf, throwing } from '../../nest/support/failure.js';
import { PLANTED, SECRET, UNSEEN } from '../../unit/secret-shapes.js';
import { couchbasePlace, dynamoPlace, mongoLocation } from './document-places.js';
import type { Refused, SecretPlace } from './place.js';
import {
  folderPlace,
  kafkaLocation,
  memoryPlace,
  registryPlace,
  restPlace,
  s3Place,
} from './service-places.js';
import { sqlPlace } from './sql-places.js';

const PLACES: Readonly<Record<string, () => Promise<SecretPlace>>> = {
  PostgreSQL: () => sqlPlace('postgres'),
  MariaDB: () => sqlPlace('mariadb'),
  SQLite: () => sqlPlace('sqlite'),
  MongoDB: mongoLocation,
  DynamoDB: dynamoPlace,
  Couchbase: couchbasePlace,
  Kafka: kafkaLocation,
  'a schema registry': registryPlace,
  S3: s3Place,
  REST: restPlace,
  'a folder': folderPlace,
  memory: memoryPlace,
};

/** The ways in which a text gets into what is thrown. */
const THROWN: readonly ((text: string) => unknown)[] = [
  (text) => new Error(text),
  (text) => text,
  (text) => new Error('outer', { cause: new TypeError(text) }),
  (text) => Object.assign(new AggregateError([new Error(text)], 'several'), { sql: text, code: 'E_X' }),
  (text) => ({ response: { text }, config: { headers: { authorization: text } } }),
];

/** All of them where a boot takes little, one elsewhere: what is kept is the same text everywhere. */
const shapesOn = (name: string): readonly string[] => {
  const all = Object.values(PLANTED);
  return name === 'memory' ? all : [all[name.length % all.length] ?? ''];
};

/** The change, and what is thrown in it: to see that the secret was there to be told. */
function watched({ work, token, transactional }: Refused) {
  const thrown: unknown[] = [];
  const change = changeThat(
    async (client) => {
      try {
        await work(client);
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    },
    { ...(token !== undefined && { token }), ...(transactional === false && { transactional }) },
  );
  return { change, raw: () => inspect(thrown, { depth: 12, showHidden: true }) };
}

describe.each(Object.entries(PLACES))('%s', (name, open) => {
  let location: SecretPlace;
  let count = 0;
  const options = () => location.options(`n${(count += 1)}`);
  beforeAll(async () => void (location = await open()));
  afterAll(() => location.drop());

  const expectNoSecret = (what: string, everything: string): void => {
    const lines = everything.split('\n').filter((line) => UNSEEN.some((secret) => line.includes(secret)));
    expect([what, lines]).toEqual([what, []]);
  };

  it('tells why it refused something, and nothing of a secret', async () => {
    for (const [what, refused] of Object.entries(location.refused)) {
      const { change, raw } = watched(refused);
      const { error, everything, states } = await failureOf(change, options());
      expect([what, states]).toEqual([what, expect.arrayContaining(['STARTED', 'FAILED'])]);
      if (!refused.hidden) expect([what, raw()]).toEqual([what, expect.stringContaining(SECRET)]);
      expect([what, error.message]).toEqual([what, expect.stringMatching(refused.told)]);
      expectNoSecret(what, everything);
    }
  });

  it('nor of one in what a change throws, however it does', async () => {
    const texts = shapesOn(name);
    for (const [index, text] of [...texts, ...THROWN.map(() => `{ password: '${SECRET}' }`)].entries()) {
      const wrap = THROWN[index % THROWN.length]!;
      const { everything, states } = await failureOf(throwing(wrap(text)), options());
      expect([text, states]).toEqual([text, expect.arrayContaining(['STARTED', 'FAILED'])]);
      expectNoSecret(text, everything);
    }
  });

  it('and its audit store keeps none', async () => {
    const kept = await location.stored?.();
    if (kept !== undefined) expect(kept).toContain('FAILED');
    expectNoSecret('stored', kept ?? '');
  });
});
