import type { QueryRunner } from 'typeorm';
import { type BoundedParts, boundedTransaction } from './bounded-transaction.js';
import type { MarkerTables } from './marker-tables.js';
import { awaitOpenMarker, type OpenMarker, readOpenMarkers, without } from './open-markers.js';

/** What is needed to raise a fence where DDL commits by itself. */
export interface FormerSessionsParts extends BoundedParts {
  readonly targetId: string;
  readonly namespace: string;
  readonly tables: MarkerTables;
}

/**
 * Raises the fence, and ends the sessions of former holders that are in the middle of a transaction: where DDL commits by
 * itself, the fence alone does not stop them, since a statement that is still on its way would commit what came before it.
 *
 * @returns false, and has ended nothing, when a newer holder was here
 * @throws TargetSystemError that names the session when one does not end
 */
export async function fenceOffSessions(
  parts: FormerSessionsParts,
  raiseFence: (runner: QueryRunner) => Promise<boolean>,
): Promise<boolean> {
  const read = (runner: QueryRunner) => readOpenMarkers(runner, parts.tables, parts.namespace);
  // Of a committed one the session may be over since long, and its number somebody else's after a restart of the server.
  const committed = await boundedTransaction(parts, read);
  let former: readonly OpenMarker[] = [];
  // While this transaction has the fence row no newer holder begins, so none of its sessions is among them.
  const raised = await boundedTransaction({ ...parts, isolation: 'READ UNCOMMITTED' }, async (runner) => {
    if (!(await raiseFence(runner))) return false;
    former = without(await read(runner), committed);
    for (const { session } of former) await end(runner, session);
    return true;
  });
  for (const marker of former)
    await boundedTransaction({ ...parts, what: describe(parts, marker) }, (runner) =>
      awaitOpenMarker(runner, parts.tables, parts.namespace, marker),
    );
  return raised;
}

/** A user may end the sessions of that user. If it is another one's, or over already, the wait for its row tells. */
async function end(runner: QueryRunner, session: number): Promise<void> {
  await runner.query(`KILL ${session}`).catch(() => undefined);
}

function describe(
  { targetId, tables }: FormerSessionsParts,
  { changeId, attempt, session }: OpenMarker,
): string {
  return `The marker of change '${changeId}', attempt ${attempt}, in table ${tables.marker} of target system '${targetId}' (written by session ${session}; KILL ${session} ends it)`;
}
