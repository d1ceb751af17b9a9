import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import type { DataSourceOptions } from 'typeorm';
import { assertOutcomes } from '../../../lib/testing/recovery/expectations.js';
import { createDatabase } from '../../support/databases.js';
import { play } from './play.js';
import { sqlPlaceAt } from './sql-location.js';
import { pairLocation, sqlPair } from './sql-pair.js';

describe('recovery on SQLite', () => {
  it('E01 nothing to do costs one SELECT, and nothing is written or locked', async () => {
    const { dataSourceOptions, drop } = await createDatabase('sqlite');
    const texts: string[] = [];
    // What TypeORM's logger is told leaves out our own.
    const verbose = (text: unknown): void => {
      if (!String(text).startsWith('PRAGMA busy_timeout')) texts.push(String(text));
    };
    const database = await sqlPlaceAt('sqlite', { ...dataSourceOptions, verbose } as DataSourceOptions, drop);
    await play(
      sqlPair('sqlite'),
      () => pairLocation(database, database),
      async (scene) => {
        const c1 = scene.change('c1');
        await scene.app.run([c1]);
        const before = texts.length;
        assert.ok(before > 0, 'the statements of a run were to be seen');
        assertOutcomes(await scene.app.run([c1]), 'nothing-to-do', { c1: 'already-applied' });
        const [only, ...more] = texts.slice(before);
        assert.match(only ?? '', /^\s*(WITH|SELECT)\b/);
        assert.deepEqual(more, []);
      },
    );
  });
});
