import type { AuditStore } from '../../../lib/core/model/audit-store.js';
import { openDatabase } from './database.js';
import type { ToChild } from './messages.js';
import { tell } from './tell.js';

/** A process that stays, with a store of its own, and asks it for the lease when its parent says so. */
let store: AuditStore | undefined;

async function obey(message: ToChild): Promise<void> {
  if (message.type === 'open-store') {
    const database = await openDatabase(message.audit);
    store = database.store(message.namespace);
    await store.open();
    tell({ type: 'store-open' });
  }
  if (message.type === 'acquire' && store)
    tell({ type: 'acquired', round: message.round, taken: await store.acquire(message.request) });
}

process.on('message', (message: ToChild) => {
  obey(message).catch((error: unknown) => tell({ type: 'broken', error: String(error) }));
});
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });
