import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { serverUrl } from '../../support/databases.js';
import { attemptScope } from './support/attempt-scope.js';
import { createTargetLocation, insert, type Location, runnerOf } from './support/target-location.js';

/** Between the driver and the real server: can lose the answer to a COMMIT, or the COMMIT itself. */
class Wire {
  lose: 'nothing' | 'answer' | 'commit' = 'nothing';
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly to: URL) {
    this.server = createServer((client) => this.join(client));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    this.connections += 1;
    const server = connect(Number(this.to.port), this.to.hostname);
    let deaf = false;
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      const isCommit = data.includes('COMMIT');
      if (isCommit && this.lose === 'commit') return void (client.destroy(), server.destroy());
      deaf ||= isCommit && this.lose === 'answer';
      server.write(data);
    });
    server.on('data', (data) => (deaf ? client.destroy() : client.write(data)));
    client.on('close', () => server.end());
    server.on('close', () => client.end());
  }
}

describe.each(['postgres', 'mariadb'] as const)('a COMMIT to %s', (kind) => {
  let location: Location;
  let wire: Wire;
  let dataSource: DataSource;
  let target: TypeOrmTargetSystem;

  beforeEach(async () => {
    location = await createTargetLocation(kind);
    wire = new Wire(new URL(serverUrl(kind)));
    const observer = await location.open();
    const url = new URL((observer.options as { url: string }).url);
    url.port = String(await wire.listen());
    dataSource = await location.open({ url: url.href, poolSize: 1 } as object);
    target = new TypeOrmTargetSystem('user-db', dataSource);
    await target.markers(chainIn('default')).open();
  });
  afterEach(async () => {
    await location.drop();
    await wire.close();
  });

  it.each([
    ['whose answer is lost has happened', 'answer', ['change', 'next']],
    ['that is lost has not', 'commit', ['next']],
  ] as const)('%s: it throws, and its connection is never used again', async (_, lose, effects) => {
    const failing = target.transaction(attemptScope(), async (transaction) => {
      await runnerOf(transaction.clients).query(insert('change'));
      await transaction.seal();
      wire.lose = lose;
    });
    await expect(failing).rejects.toThrow();
    wire.lose = 'nothing';
    const before = wire.connections;
    await target.transaction(attemptScope(), ({ clients }) => runnerOf(clients).query(insert('next')));
    expect(wire.connections).toBe(before + 1);
    expect(await location.effects()).toEqual(effects);
  });

  // Only PostgreSQL has constraints that are checked at the end.
  const only = kind === 'postgres' ? it : undefined;
  only?.('that the server refuses throws, has not happened, and leaves the pool whole', async () => {
    await dataSource.query(
      'ALTER TABLE effect ADD CONSTRAINT later UNIQUE (name) DEFERRABLE INITIALLY DEFERRED',
    );
    await dataSource.query('ALTER TABLE effect DROP CONSTRAINT effect_pkey');
    const failing = target.transaction(attemptScope(), async (transaction) => {
      for (const name of ['twice', 'twice']) await runnerOf(transaction.clients).query(insert(name));
      await transaction.seal();
    });
    await expect(failing).rejects.toThrow(/duplicate key/);
    await target.transaction(attemptScope(), ({ clients }) => runnerOf(clients).query(insert('next')));
    expect(await location.effects()).toEqual(['next']);
  });
});
