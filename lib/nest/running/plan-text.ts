import type { Plan, PlanDecision, PlannedChange } from '../../core/model/plan.js';
import type { ChangePreview, Difference, PreviewedOperation } from '../../core/model/recipe.js';

/** What a decision is called. */
const DECISIONS: Readonly<Record<PlanDecision, string>> = {
  apply: 'apply',
  skip: 'in effect',
  reconcile: 'settle',
  'needs-person': 'NEEDS A PERSON',
  'skip-by-profile': 'not for this profile',
};

/** Decisions that are counted, not listed. */
const QUIET: readonly PlanDecision[] = ['skip', 'skip-by-profile'];

/** A plan as a block for people: what would be done and why, change by change; with a preview, what each would change. */
export function planText({ changes, warnings }: Plan): string {
  const listed = changes.filter(({ decision }) => !QUIET.includes(decision));
  const counts = [...new Set(changes.map(({ decision }) => decision))].map((decision) => {
    const { length } = changes.filter((change) => change.decision === decision);
    return `${length} ${DECISIONS[decision]}`;
  });
  return [
    `${listed.length ? 'Plan' : 'Nothing to do'}: ${counts.join(', ') || 'there are no changes'}`,
    ...table(listed),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

function table(changes: readonly PlannedChange[]): string[] {
  const rows = changes.map((change) => ({ change, cells: cellsOf(change) }));
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  return rows.flatMap(({ change: { preview, reason }, cells }) => [
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}  ${reason}`,
    ...(preview ? previewLines(preview).map((line) => `      ${line}`) : []),
  ]);
}

function cellsOf({ decision, stage, order, id, targetSystem }: PlannedChange): readonly string[] {
  return [DECISIONS[decision], `${stage} ${order}`, id, targetSystem];
}

function previewLines(preview: ChangePreview): string[] {
  const lines = preview.operations.flatMap(operationLines);
  if (preview.possible) return lines.length ? lines : ['it would change nothing'];
  return [...lines, `${lines.length ? 'the preview ends here' : 'no preview'}: ${preview.reason}`];
}

function operationLines({ summary, differences, irreversible, untried }: PreviewedOperation): string[] {
  return [
    summary,
    ...(differences?.length === 0 ? ['  nothing to change'] : []),
    ...(differences ?? []).map((difference) => `  ${differenceLine(difference)}`),
    ...(untried === undefined ? [] : [`  not tried: ${untried}`]),
    ...(irreversible === undefined ? [] : [`  cannot be put back: ${irreversible}`]),
  ];
}

function differenceLine({ what, from, to }: Difference): string {
  if (from !== undefined && to !== undefined) return `~ ${what}: ${from} → ${to}`;
  const value = to ?? from;
  return `${from === undefined ? '+' : '-'} ${what}${value ? `: ${value}` : ''}`;
}
