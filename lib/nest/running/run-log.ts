import type { Observable } from 'rxjs';
import type { RunResult } from '../../core/engine/run-report.js';
import type { ChangeLogger } from '../../core/model/change.js';
import type { FlamingockEvent } from '../../core/model/events.js';
import type { ImportReport } from '../../core/model/history-source.js';
import type { ChangeOutcome } from '../../core/model/report.js';
import { publicText } from '../../core/text/error-text.js';
import { oneLine } from '../../core/text/printable.js';
import { durationText, failureSummary, OUTCOMES, reportText } from './report-text.js';

type EventOf<Type extends FlamingockEvent['type']> = Extract<FlamingockEvent, { type: Type }>;

const BAD: readonly ChangeOutcome[] = ['failed', 'rolled-back', 'rollback-failed', 'needs-person'];
const SILENT: readonly ChangeOutcome[] = ['already-applied', 'skipped-by-profile', 'not-run'];
/** A change may report its progress for every row. */
const PROGRESS_PAUSE_MS = 1_000;

/** Logs a line for each event that matters to someone who watches a boot. */
export function logEvents(events: Observable<FlamingockEvent>, logger: ChangeLogger): void {
  let lastWait: string | undefined;
  let nextProgress = 0;
  events.subscribe((event) => {
    if (event.type === 'run-started') lastWait = undefined;
    if (event.type === 'change-started') nextProgress = 0;
    if (event.type === 'change-progress') {
      if (Date.now() < nextProgress && event.done !== event.total) return;
      nextProgress = Date.now() + PROGRESS_PAUSE_MS;
    }
    if (event.type !== 'waiting-for-lock') return logEvent(event, logger);
    // The engine emits this event again and again while it waits; it is logged when something changes.
    const wait = [event.holder?.holder, event.leftOpen, ...event.inProgress].join();
    if (wait !== lastWait) logger.warn(oneLine(waitText(event)));
    lastWait = wait;
  });
}

/** Logs the report of an undo. The caller receives the error of a failed one. */
export function logUndo({ report, error }: RunResult, logger: ChangeLogger): void {
  if (report.status === 'failed') logger.error(failureSummary(error));
  else if (report.status === 'interrupted') logger.warn(failureSummary(error));
  else if (report.warnings.length) logger.warn(reportText(report));
  else logger.log(reportText(report));
}

function logEvent(event: FlamingockEvent, logger: ChangeLogger): void {
  if (event.type === 'run-started')
    logger.log(oneLine(`${event.pending.length} pending: ${event.pending.join(', ')}`));
  if (event.type === 'history-imported' && isWorthLogging(event.report))
    logger.log(oneLine(importText(event.report)));
  if (event.type === 'targets-adopted')
    logger.warn(oneLine(`The audit store has a store id of its own now, ${event.storeId}: ${event.reason}`));
  if (event.type === 'change-started')
    logger.log(oneLine(`'${event.changeId}' starts, attempt ${event.attempt}`));
  if (event.type === 'change-progress') logger.log(oneLine(publicText(progressText(event))));
  if (event.type === 'change-finished') logFinished(event, logger);
}

/** A missing record is logged; one that was imported before is not. */
function isWorthLogging({ imported, notes, rows }: ImportReport): boolean {
  return imported.length > 0 || (notes.length > 0 && !rows);
}

function importText({ source, imported, ignored, notes }: ImportReport): string {
  const ids = [...new Set(imported.map(({ changeId }) => changeId))];
  const rest = ignored.length ? `; ${ignored.length} of its rows ignored` : '';
  const what = ids.length ? `${ids.length} from ${source}: ${ids.join(', ')}` : `nothing from ${source}`;
  return [`Imported ${what}${rest}`, ...notes].join('; ');
}

function logFinished(
  { change: { id, outcome, durationMs, error } }: EventOf<'change-finished'>,
  logger: ChangeLogger,
): void {
  if (SILENT.includes(outcome)) return;
  const line = oneLine(`'${id}' ${OUTCOMES[outcome]} (${durationText(durationMs)})`);
  // A change that was rolled back without an error was undone on purpose.
  const isBad = BAD.includes(outcome) && !(outcome === 'rolled-back' && error === undefined);
  if (isBad) logger.error(line);
  else logger.log(line);
}

function progressText({ changeId, done, total, note }: EventOf<'change-progress'>): string {
  return `'${changeId}' ${done}${total === undefined ? '' : ` of ${total}`}${note === undefined ? '' : `: ${note}`}`;
}

function waitText({ holder, inProgress, leftOpen }: EventOf<'waiting-for-lock'>): string {
  const busy = inProgress.length ? `, now at ${inProgress.map((id) => `'${id}'`).join(', ')}` : '';
  if (!holder) return `Waiting for the lock${busy}`;
  if (leftOpen)
    return `Waiting for what ${holder.host} left behind: its lease has been over since ${holder.until}, but ${leftOpen} (execution ${holder.holder})${busy}`;
  return `Waiting for ${holder.host}, which holds the lock since ${holder.since} until ${holder.until} or longer (execution ${holder.holder})${busy}`;
}
