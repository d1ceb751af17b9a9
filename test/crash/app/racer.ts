import { DataSource } from 'typeorm';
import type { AuditStore } from '../../../lib/core/audit-store.js';
import { TypeOrmAuditStore } from '../../../lib/systems/typeorm/index.js';
import type { StoreCall, ToChild } from './messages.js';
import { tell } from './tell.js';

/** A process that stays, with a store of its own, and calls it when its parent says so. */
let store: AuditStore | undefined;

function call(opened: AuditStore, what: StoreCall): Promise<number | boolean | null> {
  if (what.call === 'acquire') return opened.acquire(what.request);
  const { token, request } = what;
  const fence = { token, holder: request.holder, leaseMs: request.leaseMs };
  return what.call === 'renew' ? opened.renew(fence) : opened.release(fence).then(() => null);
}

async function obey(message: ToChild): Promise<void> {
  if (message.type === 'open-store') {
    const source = await new DataSource(message.audit).initialize();
    store = new TypeOrmAuditStore(source, { namespace: message.namespace });
    await store.open();
    tell({ type: 'store-open' });
  }
  if (message.type === 'store-call' && store)
    tell({ type: 'store-answer', round: message.round, answer: await call(store, message.what) });
}

process.on('message', (message: ToChild) => {
  obey(message).catch((error: unknown) => tell({ type: 'broken', error: String(error) }));
});
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });
