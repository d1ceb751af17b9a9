import { faultInChain } from '../../../lib/core/kit/hash-chain.js';
import type { AuditEntry, ChainHead } from '../../../lib/core/model/audit-entry.js';
import { faultOfEntry } from './audit-rules.js';
import type { ChangeShape } from './change-shape.js';
import { judgeRight, judgeWhole } from './judge-call.js';
import type { Ledger } from './ledger.js';

/** An entry is durable behind `head`, written on the strength of `token`: does it belong there, and is it true? */
export function judgeEntry(ledger: Ledger, head: ChainHead, entry: AuditEntry, token: number): void {
  const { state, changeId, operation, attempt, executionId } = entry;
  const what = `${state} of ${changeId} (${operation}, attempt ${attempt}) by ${executionId}`;
  ledger.world.note(() => `durable: entry ${entry.seq}, ${what}`);
  const fault = faultInChain(head, entry);
  if (fault) ledger.violated('I6', fault);
  const { newest } = ledger;
  if (token !== newest.token || executionId !== newest.holder)
    ledger.violated('I5', `${what} with token ${token}, but ${newest.holder} holds ${newest.token}`);
  judgeWhole(ledger, what);
  // What a person or another tool knows may be recorded also where more is known than the audit knows.
  if (operation !== 'manual' && operation !== 'import') judgeRight(ledger, changeId, what);
  const shape = ledger.shapeOf(changeId);
  if (shape) judgeTruth(ledger, shape, entry, what);
  ledger.keep(entry);
}

function judgeTruth(ledger: Ledger, shape: ChangeShape, entry: AuditEntry, what: string): void {
  const { executionId, changeId } = entry;
  const previous = ledger.latest.get(changeId);
  const present = ledger.present(changeId);
  const fault = faultOfEntry({
    shape,
    entry,
    previous,
    starts: ledger.starts.get(changeId) ?? 0,
    inEffect: present === shape.parts,
    absent: present === 0,
    isBehind: ledger.isBehind(shape),
    facts: ledger.facts.of(entry),
    previousFacts: ledger.facts.of({ executionId, changeId, attempt: previous?.attempt ?? 0 }),
  });
  if (fault) ledger.violated('I2', `${what} after ${previous?.state}: ${fault}`);
  judgeParts(ledger, shape, entry, what);
  notice(ledger, entry, previous);
  const isEarly =
    entry.state === 'FAILED' && entry.operation === 'apply' && !ledger.facts.of(entry).tookEffect;
  if (isEarly && shape.strategy !== 'plain' && present > 0)
    ledger.saw('failed before an effect of its own, over what an earlier attempt left');
}

/** Also where no transaction decides, the parts must be as the record says. */
function judgeParts(ledger: Ledger, shape: ChangeShape, entry: AuditEntry, what: string): void {
  const { state, changeId, reason, operation } = entry;
  if (ledger.tainted.has(changeId) || reason === 'not begun') return;
  if (operation === 'import' && ledger.isBehind(shape)) return;
  const present = ledger.present(changeId);
  const full = state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED';
  const gone = state === 'ROLLED_BACK' || state === 'MANUAL_MARKED_AS_ROLLED_BACK';
  if ((full && present < shape.parts) || (gone && present > 0))
    ledger.violated('I2', `${what}, but ${present} of its ${shape.parts} parts are in effect`);
}

function notice(ledger: Ledger, entry: AuditEntry, previous: AuditEntry | undefined): void {
  const { state, operation, strategy, reason } = entry;
  ledger.saw(`recorded ${state}`);
  if (operation === 'import') ledger.saw('imported');
  if (operation === 'apply' && state === 'APPLIED' && ledger.wasInEffect(entry.changeId))
    ledger.saw('ran again after its audit was gone');
  if (reason === 'not begun') ledger.saw('STARTED ahead taken back');
  const isOurs = operation === 'apply' || operation === 'undo';
  if (isOurs && state !== 'STARTED' && previous?.executionId !== entry.executionId)
    ledger.saw(`recovered ${operation} as ${state} (${strategy})`);
}
