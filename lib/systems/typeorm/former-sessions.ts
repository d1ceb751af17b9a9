import type { QueryRunner } from 'typeorm';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { TargetFence } from '../../core/model/target-system.js';
import { type BoundedParts, boundedTransaction } from './bounded-transaction.js';
import type { MarkerTables } from './marker-tables.js';
import { awaitOpenMarker, type OpenMarker, readOpenMarkers, without } from './open-markers.js';

/** What raising a fence needs on a database whose DDL commits by itself. */
export interface FormerSessionsParts extends BoundedParts {
  /** The fencing token that the fence is raised to. */
  readonly token: number;
  readonly targetId: string;
  readonly chain: ChainIdentity;
  readonly tables: MarkerTables;
}

/**
 * Raises the fence, and ends sessions of former holders of the lease that have a transaction open. For databases whose DDL commits by itself:
 * there, a DDL statement that is still in flight would commit what came before it, in spite of the fence.
 *
 * @returns the fence row afterwards. When it has a higher fencing token than `token`, no session was ended
 * @throws TargetSystemError that names the session, when one does not end
 */
export async function fenceOffSessions(
  parts: FormerSessionsParts,
  raiseFence: (runner: QueryRunner) => Promise<TargetFence>,
): Promise<TargetFence> {
  const read = (runner: QueryRunner) => readOpenMarkers(runner, parts.tables, parts.chain);
  // The session of a committed marker may have ended long ago. After a restart of the server, another session may have its number.
  const committed = await boundedTransaction(parts, read);
  let former: readonly OpenMarker[] = [];
  let raised: TargetFence = { token: 0, witness: null };
  // While this transaction locks the fence row, no newer holder begins, so that none of its sessions is ended.
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

/** Ends a session. That fails when the session has ended, or is another user's: then the wait for its marker's row shows whether it is open. */
async function end(runner: QueryRunner, session: number): Promise<void> {
  await runner.query(`KILL ${session}`).catch(() => undefined);
}

function describe(
  { targetId, tables }: FormerSessionsParts,
  { changeId, attempt, session }: OpenMarker,
): string {
  return `The marker of change '${changeId}', attempt ${attempt}, in table ${tables.marker} of target system '${targetId}' (written by session ${session}; KILL ${session} ends it)`;
}
