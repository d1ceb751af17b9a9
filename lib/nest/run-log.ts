import type { Observable } from 'rxjs';
import type { ChangeLogger } from '../core/change.js';
import type { FlamingockEvent } from '../core/events.js';
import type { ChangeOutcome } from '../core/report.js';
import { publicText } from '../core/error-text.js';
import { oneLine } from '../core/visible.js';
import { durationText, OUTCOMES } from './report-text.js';

type EventOf<Type extends FlamingockEvent['type']> = Extract<FlamingockEvent, { type: Type }>;

const BAD: readonly ChangeOutcome[] = ['failed', 'rolled-back', 'rollback-failed', 'needs-person'];
const SILENT: readonly ChangeOutcome[] = ['already-applied', 'skipped-by-profile', 'not-run'];
/** A change may tell its progress for every row. */
const PROGRESS_PAUSE_MS = 1_000;

/** Writes a line for each event that someone who watches a boot wants to see at once. */
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
    // The engine looks again every moment; a person wants to hear it once.
    const wait = [event.holder?.holder, ...event.inProgress].join();
    if (wait !== lastWait) logger.warn(oneLine(waitText(event)));
    lastWait = wait;
  });
}

function logEvent(event: FlamingockEvent, logger: ChangeLogger): void {
  if (event.type === 'run-started')
    logger.log(oneLine(`${event.pending.length} pending: ${event.pending.join(', ')}`));
  if (event.type === 'change-started')
    logger.log(oneLine(`'${event.changeId}' starts, attempt ${event.attempt}`));
  if (event.type === 'change-progress') logger.log(oneLine(publicText(progressText(event))));
  if (event.type === 'change-finished') logFinished(event, logger);
}

function logFinished(
  { change: { id, outcome, durationMs } }: EventOf<'change-finished'>,
  logger: ChangeLogger,
): void {
  if (SILENT.includes(outcome)) return;
  const line = oneLine(`'${id}' ${OUTCOMES[outcome]} (${durationText(durationMs)})`);
  if (BAD.includes(outcome)) logger.error(line);
  else logger.log(line);
}

function progressText({ changeId, done, total, note }: EventOf<'change-progress'>): string {
  return `'${changeId}' ${done}${total === undefined ? '' : ` of ${total}`}${note === undefined ? '' : `: ${note}`}`;
}

function waitText({ holder, inProgress }: EventOf<'waiting-for-lock'>): string {
  const busy = inProgress.length ? `, now at ${inProgress.map((id) => `'${id}'`).join(', ')}` : '';
  if (!holder) return `Waiting for the lock${busy}`;
  return `Waiting for ${holder.host}, which holds the lock since ${holder.since} until ${holder.until} or longer (execution ${holder.holder})${busy}`;
}
