import type { mongo } from 'mongoose';
import type { ChainIdentity } from '../../../core/model/audit-store.js';
import type { AttemptScope } from '../../../core/model/target-system.js';
import { endTransaction, type OpenTransaction, openTransaction } from '../guard/own-transaction.js';
import { COLLECTION_OPTIONS } from '../store/store-collections.js';
import type { MarkerNames } from './marker-errors.js';

/** Names the transaction of a chain's last change, which may have ended since. */
interface NoteDocument {
  readonly _id: ChainIdentity & { readonly part: 'open' };
  /** Fencing token of the run that opened it. */
  readonly fence: number;
  readonly open: OpenTransaction;
}

/** How long writing a note may take, in milliseconds. The change runs without its note, too. */
const NOTE_MS = 2_000;

/**
 * Notes the transaction of an attempt, and ends the noted one when an earlier holder of the lease may have left it open: MongoDB
 * does not notice that a process has died, and keeps what its transaction has written locked. Call it after the transaction's first
 * command, and before it locks anything. Never throws: without a note, the server's time limit ends the transaction.
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
  // When a newer holder has written the note, it does not match, and the upsert fails with a duplicate key.
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
 * Ends the transaction that an earlier holder of the lease may have left open. It could not be committed any more anyway.
 *
 * @param token - the fencing token of the current holder; a transaction with the same or a higher one is not ended
 * @returns the noted transaction, if it is an earlier holder's
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

/** The noted transaction of a chain, whoever opened it; undefined when there is none or it cannot be read. */
export async function notedOpen(
  db: mongo.Db,
  names: MarkerNames,
  chain: ChainIdentity,
): Promise<OpenTransaction | undefined> {
  const note = await notesIn(db, names)
    .findOne({ _id: noteId(chain) })
    .catch(() => null);
  return note?.open;
}

/** Removes the note of a chain. */
export async function removeNote(db: mongo.Db, names: MarkerNames, chain: ChainIdentity): Promise<void> {
  await notesIn(db, names).deleteOne({ _id: noteId(chain) });
}

function noteId({ storeId, namespace }: ChainIdentity): NoteDocument['_id'] {
  return { storeId, namespace, part: 'open' };
}

/** The notes are in the collection of the fences. They concern one server, so that the confirmation of one member is enough. */
function notesIn(db: mongo.Db, { fenceCollection }: MarkerNames): mongo.Collection<NoteDocument> {
  return db.collection<NoteDocument>(fenceCollection, {
    ...COLLECTION_OPTIONS,
    readConcern: { level: 'local' },
    writeConcern: { w: 1 },
  });
}
