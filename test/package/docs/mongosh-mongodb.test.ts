import { expect, it } from '@jest/globals';
import { MongooseAuditStore } from 'nestjs-flamingock/mongoose';
import { createMongoLocation } from '../../systems/mongoose/support/connections.js';
import { fencesIn, readPage } from './pages.js';

it('shows what a database administrator has to run, as the error of the store has it', async () => {
  const place = await createMongoLocation();
  const store = new MongooseAuditStore(await place.open(), { createTables: false });
  const refused: unknown = await store.open().catch((thrown: unknown) => thrown);
  const [shown] = fencesIn(readPage('docs/systems/mongoose.md')).filter(({ language }) => language === 'js');
  const statements = shown?.text.trim().split('\n') ?? [];
  expect(statements).toHaveLength(4);
  expect(
    String(refused)
      .match(/^.*\bdb\..+$/gm)
      ?.map((line) => line.trim()),
  ).toEqual(statements);
  await place.drop();
});
