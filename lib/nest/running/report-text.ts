import { FlamingockError } from '../../core/model/errors.js';
import type { ChangeOutcome, ChangeReport, ExecutionReport } from '../../core/model/report.js';
import { messageOf } from '../../core/text/error-text.js';
import { asBlock, oneLine, visible } from '../../core/text/printable.js';

/** What an outcome is called in a log. */
export const OUTCOMES: Readonly<Record<ChangeOutcome, string>> = {
  applied: 'applied',
  'already-applied': 'already applied',
  reconciled: 'found in effect',
  'rolled-back': 'rolled back',
  'rollback-failed': 'ROLLBACK FAILED',
  failed: 'FAILED',
  'needs-person': 'NEEDS A PERSON',
  'not-run': 'not run',
  'skipped-by-profile': 'not for this profile',
};

/** Outcomes that are counted, not listed. */
const QUIET: readonly ChangeOutcome[] = ['already-applied', 'skipped-by-profile'];

/** How long a line of an error may be, in characters. */
const LONGEST_LINE = 500;

/** Outcomes without a duration. */
const NOTHING_DONE: readonly ChangeOutcome[] = ['not-run', 'needs-person'];

/** A run as a block of text for the log: how it ended, change by change, what went wrong and what to do. One line when there was nothing to do. */
export function reportText(report: ExecutionReport, error?: unknown): string {
  const listed = report.changes.filter(({ outcome }) => !QUIET.includes(outcome));
  return [
    headline(report),
    ...table(listed, error === undefined ? '' : errorLines(error)),
    ...report.warnings.map((warning) => asBlock(`warning: ${warning}`)),
    ...(error === undefined ? [] : ['', errorLines(error)]),
  ].join('\n');
}

/** An error as a block of text: with the report of its run where there is one, and the place in the app's code. */
export function failureText(error: unknown): string {
  const text =
    error instanceof FlamingockError && error.report ? reportText(error.report, error) : errorLines(error);
  return `${text}${trailOf(error)}`;
}

/** The part of an error's stack that follows its message; empty for an error without a cause. */
function trailOf(error: unknown): string {
  if (!(error instanceof FlamingockError) || error.cause === undefined) return '';
  const { stack = '', name, message } = error;
  const head = `${name}: ${message}`;
  return stack.startsWith(head) ? stack.slice(head.length) : '';
}

/** An error in a few lines, for the log of an app that also receives the error itself: how each change ended, the first line of each error. */
export function failureSummary(error: unknown): string {
  const report = error instanceof FlamingockError ? error.report : undefined;
  if (!report) return firstLine(errorLines(error));
  const listed = report.changes.filter(({ outcome }) => !QUIET.includes(outcome));
  const rows = table(listed, '', 1);
  const isListed = listed.some(
    (change) => change.error !== undefined && errorLines(error).includes(bare(change.error)),
  );
  return [
    headline(report),
    ...rows,
    ...report.warnings.map((warning) => `warning: ${warning}`),
    ...(isListed ? [] : [firstLine(errorLines(error))]),
  ].join('\n');
}

/** `850 ms`, `12.3 s`, `4 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function errorLines(error: unknown): string {
  return error instanceof FlamingockError ? error.message : asBlock(messageOf(error));
}

function headline({ status, operation, changes, durationMs, executionId }: ExecutionReport): string {
  const end = `(${durationText(durationMs)}, execution ${executionId})`;
  const quiet = QUIET.map((outcome) => countText(changes, outcome)).filter(Boolean);
  const verb = operation === 'undo' ? 'Undo' : 'Run';
  if (status === 'nothing-to-do')
    return `Nothing to do: ${quiet.join(', ') || 'there are no changes'} ${end}`;
  const done = [...new Set(changes.map(({ outcome }) => outcome))].map((outcome) =>
    countText(changes, outcome),
  );
  return `${verb} ${status}${done.length ? `: ${done.join(', ')}` : ''} ${end}`;
}

function countText(changes: readonly ChangeReport[], outcome: ChangeOutcome): string {
  const { length } = changes.filter((change) => change.outcome === outcome);
  return length ? `${length} ${OUTCOMES[outcome]}` : '';
}

/** @param shownBelow - lines of this text are left out */
function table(changes: readonly ChangeReport[], shownBelow: string, mostLines = 5): string[] {
  const rows = changes.map((change) => ({ change, cells: cellsOf(change) }));
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  return rows.flatMap(({ change, cells }) => [
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
    ...linesNotIn(shownBelow, change.error ?? '', mostLines).map((line, index) =>
      indented(shortened(index ? line : `error: ${line}`)),
    ),
    ...(change.note === undefined ? [] : [indented(`note: ${visible(change.note)}`)]),
  ]);
}

function cellsOf({ outcome, stage, order, id, targetSystem, durationMs }: ChangeReport): readonly string[] {
  const took = NOTHING_DONE.includes(outcome) ? '' : durationText(durationMs);
  return [OUTCOMES[outcome], `${stage} ${order}`, id, targetSystem, took].map(oneLine);
}

/** The first lines of an error's text without its stack, which the audit has. */
function linesNotIn(shown: string, text: string, most: number): string[] {
  const lines = text.split('\n').filter((line) => line.trim() && !/^\s+at /.test(line));
  return lines.slice(0, most).filter((line) => !shown.includes(bare(line)));
}

/** The first line of an error's text, without its class. */
function bare(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/^(Caused by: )?\w+: /, '');
}

function firstLine(text: string): string {
  return shortened((text.split('\n', 1)[0] ?? '').replace(/:$/, ''));
}

function shortened(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}

function indented(text: string): string {
  return text.replace(/^/gm, '      ');
}
