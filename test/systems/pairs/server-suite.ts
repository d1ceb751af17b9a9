import assert from 'node:assert/strict';
import { it } from '@jest/globals';
import { AuditStoreError, ChangeFailedError, ManualInterventionError } from 'nestjs-flamingock';
import { AppendRefusedError } from 'nestjs-flamingock/kit';
import { assertOutcomes, errorOf } from '../../../lib/testing/recovery/expectations.js';
import type { Scene } from '../../../lib/testing/recovery/scene.js';
import { fileSystemLocation, fileSystemPair, sqlAudits } from './filesystem-pair.js';
import { play } from './play.js';
import type { PrivateServer, RestrictedLocation } from './private-server.js';
import { asAdministrator } from './rights.js';
import type { SqlLocation } from './sql-location.js';
import { pairLocation, sqlPair } from './sql-pair.js';

/** How long the server is away, in milliseconds; the lease is 20 s. */
const AWAY_MS = 1_500;

/** Scenarios in which the server itself says no, or goes away. */
export function serverSuite(kind: PrivateServer['kind'], server: () => PrivateServer): void {
  const shared = sqlPair(kind);
  const files = fileSystemPair(kind);

  it('D06 a user without the right to create tables: errors with the exact DDL, then the least rights do', async () => {
    const database = await server().database();
    const user = await server().restricted(database);
    await play(
      shared,
      () => pairLocation(user, user),
      async (scene) => {
        const created = await untilAllowed(scene, database, user);
        const needed = ['flamingock_audit', 'flamingock_lock'];
        assert.deepEqual(created.slice(0, 2), needed);
        assert.equal(await scene.rows('c1'), 'S A');
        assert.deepEqual(await scene.effects(), ['c1']);
      },
    );
  });

  it('D06 the same for the tables of a target system elsewhere', async () => {
    const [audits, effects] = [await server().database(), await server().database()];
    const user = await server().restricted(effects);
    await play(
      sqlPair(kind, kind),
      () => pairLocation(audits, user),
      async (scene) => {
        const created = await untilAllowed(scene, effects, user);
        assert.deepEqual(created, ['flamingock_marker', 'flamingock_fence']);
        await scene.assertRest({ c1: 'S A' }, ['c1']);
      },
    );
  });

  it('D01 the right to insert is taken away: @Apply is not called', async () => {
    const database = await server().database();
    const user = await server().restricted(database);
    await play(
      shared,
      () => pairLocation(user, user),
      async (scene) => {
        await untilAllowed(scene, database, user);
        await user.revoke('INSERT', 'flamingock_audit');
        const c2 = scene.change('c2');
        const result = await scene.app.run([scene.change('c1'), c2]);
        const { cause } = errorOf(result, AuditStoreError, "STARTED of 'c2'", 'denied');
        assert.ok(cause instanceof AppendRefusedError);
        assert.deepEqual(c2.calls, []);
        await scene.assertRows({ c1: 'S A', c2: '' }, ['c1']);
      },
    );
  });

  it('D03b the right to insert is taken away during a plain change: @Rollback runs, and the next run needs a person', async () => {
    const database = await server().database();
    const user = await server().restricted(database);
    await play(
      files,
      () => fileSystemLocation(sqlAudits(user)),
      async (scene) => {
        await untilAllowed(scene, database, user);
        const c2 = scene.change('c2', {
          apply: async ({ effect }) => {
            await effect();
            await user.revoke('INSERT', 'flamingock_audit');
          },
        });
        const result = await scene.app.run([scene.change('c1'), c2]);
        assertOutcomes(result, 'failed', { c1: 'already-applied', c2: 'rolled-back' });
        errorOf(result, AuditStoreError, "APPLIED of 'c2'", 'denied');
        assert.deepEqual(c2.calls, ['apply', 'rollback']);
        await scene.assertRows({ c1: 'S A', c2: 'S' }, ['c1']);
        await user.grant('INSERT', 'flamingock_audit');
        errorOf(await scene.app.run([scene.change('c1'), c2]), ManualInterventionError, "'c2'");
      },
    );
  });

  it('D07 the store goes away during a plain change and comes back within the lease: the run ends well', async () => {
    const audits = sqlAudits(await server().database());
    await play(
      files,
      () => fileSystemLocation(audits),
      async (scene) => {
        const c1 = scene.change('c1', { apply: ({ effect }) => server().goAway(AWAY_MS).then(effect) });
        const result = await scene.app.run([c1, scene.change('c2')]);
        assertOutcomes(result, 'succeeded', { c1: 'applied', c2: 'applied' });
        assert.deepEqual(c1.calls, ['apply']);
        await scene.assertRest({ c1: 'S A', c2: 'S A' }, ['c1', 'c2']);
      },
    );
  });

  it('D07 the database of a shared change goes away during it: failed without an effect, recorded when it is back', async () => {
    const database = await server().database();
    await play(
      shared,
      () => pairLocation(database, database),
      async (scene) => {
        const c1 = scene.change('c1', {
          apply: async ({ effect }) => {
            await effect();
            await server().goAway(AWAY_MS);
            await effect();
          },
        });
        const result = await scene.app.run([c1]);
        assertOutcomes(result, 'failed', { c1: 'rolled-back' });
        errorOf(result, ChangeFailedError, "'c1'");
        await scene.assertRest({ c1: 'S F RB' }, []);
        assertOutcomes(await scene.app.run([scene.change('c1')]), 'succeeded', { c1: 'applied' });
        await scene.assertRest({ c1: 'S F RB S A' }, ['c1']);
      },
    );
  });
}

/** Runs a change as a user without rights, and does what the errors ask an administrator for, until it is applied. */
async function untilAllowed(
  scene: Scene,
  database: SqlLocation,
  user: RestrictedLocation,
): Promise<string[]> {
  const c1 = scene.change('c1');
  const created: string[] = [];
  for (;;) {
    const { error, report } = await scene.app.run([c1]);
    if (!error) return created;
    assert.deepEqual(c1.calls, [], error.stack);
    assert.equal(
      report.changes.some(({ outcome }) => outcome === 'applied'),
      false,
    );
    created.push(...(await asAdministrator(error, database, user)));
    assert.ok(created.length <= 4, `still refused after ${created.join(', ')}: ${error.message}`);
  }
}
