import type { mongo } from 'mongoose';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { AttemptScope } from '../../core/target-system.js';
import type { MarkerNames } from './marker-documents.js';
import { endTransaction, type OpenTransaction, openTransaction } from './open-transaction.js';
import { COLLECTION_OPTIONS } from './store-collections.js';

/** The transaction of the last change of a chain, whether or not it is open still. */
interface NoteDocument {
  readonly _id: ChainIdentity & { readonly part: 'open' };
  /** Fencing token of the run that opened it. */
  readonly fence: number;
  readonly open: OpenTransaction;
}

/** How long writing a note may take, in milliseconds: it is there to help, and nothing waits for it. */
const NOTE_MS = 2_000;

/**
 * Notes the transaction of an attempt, which has sent its first command and locks nothing yet, and ends the one that an earlier
 * holder of the lease may have left open: MongoDB does not notice that a process is gone, and keeps what it has written locked.
 * Where it cannot be noted, the limit of the server ends it.
 */
export async function noteOpen(
  db: mongo.Db,
  names: MarkerNames,
  scope: AttemptScope,
  session: mongo.ClientSession,
): Promise<void> {
  const { token } = scope;
  const open = openTransaction(session);
  if (!open || token === undefined) return;
  // Where a newer holder has noted his, the id is there already: a duplicate key.
  const notNewer = { _id: noteId(scope), fence: { $lte: token } };
  const options = { upsert: true, returnDocument: 'before', maxTimeMS: NOTE_MS } as const;
  try {
    const former = await notesIn(db, names).findOneAndUpdate(
      notNewer,
      { $set: { fence: token, open } },
      options,
    );
    if (former && former.fence < token) await endTransaction(db.client, former.open);
  } catch {
    return;
  }
}

/**
 * Ends the transaction that an earlier holder of the lease may have left open: from now on it could not be committed anyway.
 *
 * @param token - of the holder that asks; a transaction of the same or a newer one is let alone
 * @returns the one that was noted, if it is an earlier holder's
 */
export async function endFormer(
  db: mongo.Db,
  names: MarkerNames,
  chain: ChainIdentity,
  token: number,
): Promise<OpenTransaction | undefined> {
  const note = await notesIn(db, names).findOne({ _id: noteId(chain) });
  if (!note || note.fence >= token) return undefined;
  await endTransaction(db.client, note.open);
  return note.open;
}

/** Removes the note of a chain. */
export async function removeNote(db: mongo.Db, names: MarkerNames, chain: ChainIdentity): Promise<void> {
  await notesIn(db, names).deleteOne({ _id: noteId(chain) });
}

function noteId({ storeId, namespace }: ChainIdentity): NoteDocument['_id'] {
  return { storeId, namespace, part: 'open' };
}

/** Beside the fences. What a process notes is read by its server, so that one member suffices. */
function notesIn(db: mongo.Db, { fenceCollection }: MarkerNames): mongo.Collection<NoteDocument> {
  return db.collection<NoteDocument>(fenceCollection, {
    ...COLLECTION_OPTIONS,
    readConcern: { level: 'local' },
    writeConcern: { w: 1 },
  });
}
