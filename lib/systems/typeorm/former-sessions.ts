import type { QueryRunner } from 'typeorm';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { TargetFence } from '../../core/target-system.js';
import { type BoundedParts, boundedTransaction } from './bounded-transaction.js';
import type { MarkerTables } from './marker-tables.js';
import { awaitOpenMarker, type OpenMarker, readOpenMarkers, without } from './open-markers.js';

/** What is needed to raise a fence where DDL commits by itself. */
export interface FormerSessionsParts extends BoundedParts {
  /** To which the fence is raised. */
  readonly token: number;
  readonly targetId: string;
  readonly chain: ChainIdentity;
  readonly tables: MarkerTables;
}

/**
 * Raises the fence, and ends the sessions of former holders that are in the middle of a transaction: where DDL commits by
 * itself, the fence alone does not stop them, since a statement that is still on its way would commit what came before it.
 *
 * @returns the fence row as it is now; where a newer holder was here nothing was ended
 * @throws TargetSystemError that names the session when one does not end
 */
export async function fenceOffSessions(
  parts: FormerSessionsParts,
  raiseFence: (runner: QueryRunner) => Promise<TargetFence>,
): Promise<TargetFence> {
  const read = (runner: QueryRunner) => readOpenMarkers(runner, parts.tables, parts.chain);
  // Of a committed one the session may be over since long, and its number somebody else's after a restart of the server.
  const committed = await boundedTransaction(parts, read);
  let former: readonly OpenMarker[] = [];
  let raised: TargetFence = { token: 0, witness: null };
  // While this transaction has the fence row no newer holder begins, so none of its sessions is among them.
  await boundedTransaction({ ...parts, isolation: 'READ UNCOMMITTED' }, async (runner) => {
    raised = await raiseFence(runner);
    if (raised.token > parts.token) return;
    former = without(await read(runner), committed);
    for (const { session } of former) await end(runner, session);
  });
  for (const marker of former)
    await boundedTransaction({ ...parts, what: describe(parts, marker) }, (runner) =>
      awaitOpenMarker(runner, parts.tables, parts.chain, marker),
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
