import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';

it('asks for the default connection by the class that @nestjs/typeorm registers it under', () => {
  const { token, label } = TypeOrmAuditStore.inject();
  expect(token).toBe(getDataSourceToken());
  expect(label).toBe('TypeOrmAuditStore');
});

it('has one class DataSource, whether TypeORM is imported or required', () => {
  const required: unknown = createRequire(import.meta.url)('typeorm').DataSource;
  expect(DataSource).toBe(required);
  expect(TypeOrmAuditStore.inject().token).toBe(required);
});

it('makes the store of the connection that Nest knows under a token', async () => {
  const memory = { type: 'better-sqlite3', database: ':memory:' } as const;
  const module = await Test.createTestingModule({
    imports: [TypeOrmModule.forRoot(memory), TypeOrmModule.forRoot({ ...memory, name: 'ops' })],
  }).compile();
  const ops = TypeOrmAuditStore.inject(getDataSourceToken('ops'), { namespace: 'shop' });
  const [byDefault, named] = [TypeOrmAuditStore.inject(), ops].map(({ token, create }) =>
    create(module.get(token as typeof DataSource, { strict: false })),
  );
  expect(byDefault?.resource).toBe(module.get(DataSource));
  expect(named?.resource).not.toBe(byDefault?.resource);
  expect([byDefault?.namespace, named?.namespace]).toEqual(['default', 'shop']);
  await named?.open();
  expect((await named?.snapshot())?.ready).toBe(true);
  expect((await byDefault?.snapshot())?.ready).toBe(false);
  await module.close();
});
