import type { ChainIdentity } from '../../model/audit-store.js';
import { isPending, type Step } from '../../model/plan.js';
import type { ChangePreview, Difference, PreviewedOperation } from '../../model/recipe.js';
import type { EngineSettings, RunRequest } from '../../model/settings.js';
import type { Clients, PreviewableTargetSystem, TargetSystem } from '../../model/target-system.js';
import { messageOf, publicText } from '../../text/error-text.js';
import { redact } from '../../text/redact.js';
import { type AttemptSubject, withAttempt } from '../execute/attempt.js';
import type { Surroundings } from '../execute/execution.js';
import { nextAttempt } from '../execute/record.js';

/** How long one text of a preview may be, in characters. */
const LONGEST = 300;

/** An operation as people may see it: each text on one line and not too long, secrets taken out. Pure. */
export function presentable(operation: PreviewedOperation): PreviewedOperation {
  const { summary, differences, irreversible, untried } = operation;
  return {
    summary: line(summary),
    ...(differences && { differences: differences.map(publicDifference) }),
    ...(irreversible !== undefined && { irreversible: line(irreversible) }),
    ...(untried !== undefined && { untried: line(untried) }),
  };
}

function publicDifference({ what, from, to }: Difference): Difference {
  const hide = isSecret(what) ? () => '***' : line;
  return {
    what: line(what),
    ...(from !== undefined && { from: hide(from) }),
    ...(to !== undefined && { to: hide(to) }),
  };
}

/** Whether a value of that name is a secret. */
function isSecret(name: string): boolean {
  const pair = `${name}=x`;
  return redact(pair) !== pair;
}

function line(text: string): string {
  const one = publicText(text).replace(/\s*\n+\s*/g, ' ');
  return one.length > LONGEST ? `${one.slice(0, LONGEST - 1)}…` : one;
}

/**
 * Calls `@Apply` of each change that is to be applied, with clients that write nothing, and tells what it would do.
 *
 * Where the target system can, a change sees what those before it did on the same target system. Elsewhere, and after one that
 * failed, nothing is kept, so one that needs what another does before it may fail here.
 *
 * @param chain - null where the store was never opened: then no target system holds anything of it
 * @returns the previews by the change's id
 */
export async function previewSteps(
  settings: EngineSettings,
  request: RunRequest,
  steps: readonly Step[],
  chain: ChainIdentity | null,
): Promise<ReadonlyMap<string, ChangePreview>> {
  const surroundings = surroundingsOf(settings, request, chain);
  const previews = new Map<string, ChangePreview>();
  for (let rest = steps.filter(({ decision }) => decision === 'apply'); rest[0];) {
    const together = togetherWith(rest[0], rest, settings.targets);
    const made = await previewTogether(surroundings, together);
    for (const [id, preview] of made) previews.set(id, withHint(preview, unkeptBefore(steps, rest[0])));
    rest = rest.filter(({ change }) => !previews.has(change.id));
  }
  return previews;
}

/** The step and, where they see each other, all on its target system. */
function togetherWith(
  first: Step,
  steps: readonly Step[],
  targets: EngineSettings['targets'],
): readonly [Step, ...Step[]] {
  const target = targets.get(first.change.targetSystem);
  if (!isPreviewable(target) || !target.previewsTogether) return [first];
  const [, ...others] = steps.filter(({ change }) => change.targetSystem === target.id);
  return [first, ...others];
}

/** A stop ends a preview as a lost lease ends a change; what a change tells meanwhile is no event of a run. */
function surroundingsOf(
  settings: EngineSettings,
  request: RunRequest,
  chain: ChainIdentity | null,
): Surroundings {
  const loggerFor: EngineSettings['loggerFor'] = (changeId) => {
    const logger = settings.loggerFor(changeId);
    return {
      log: (message) => logger.log(`preview: ${message}`),
      warn: (message) => logger.warn(`preview: ${message}`),
      error: (message) => logger.error(`preview: ${message}`),
      debug: (message) => logger.debug(`preview: ${message}`),
    };
  };
  const lease = { signal: request.stop, guard: () => request.stop.throwIfAborted() };
  return {
    settings: { ...settings, emit: () => undefined, loggerFor },
    request,
    lease,
    chain: chain ?? { storeId: '', namespace: settings.store.namespace },
    isPreview: true,
  };
}

/** @returns the previews up to the first that is not possible */
async function previewTogether(
  surroundings: Surroundings,
  steps: readonly [Step, ...Step[]],
): Promise<ReadonlyMap<string, ChangePreview>> {
  const { targetSystem, id: firstId } = steps[0].change;
  const target = surroundings.settings.targets.get(targetSystem);
  if (!isPreviewable(target))
    return new Map([[firstId, { possible: false, reason: hasNone(targetSystem, target), operations: [] }]]);
  const previews = new Map<string, ChangePreview>();
  let current = { id: firstId, operations: [] as PreviewedOperation[] };
  const callAll = async (clients: Clients): Promise<void> => {
    for (const step of steps) {
      current = { id: step.change.id, operations: [] };
      await withAttempt(surroundings, subjectOf(step), ({ call }) => call(step.change.apply, clients));
      previews.set(current.id, { possible: true, operations: current.operations });
    }
  };
  try {
    await withAttempt(surroundings, subjectOf(steps[0]), ({ scope }) => {
      const note = (operation: PreviewedOperation): void => {
        scope.guard();
        current.operations.push(presentable(operation));
      };
      return target.preview(scope, note, callAll);
    });
  } catch (error) {
    previews.set(current.id, { possible: false, reason: messageOf(error), operations: current.operations });
  }
  // A target system may not call the change at all, and the caller's loop needs an answer to end.
  if (!previews.has(firstId))
    previews.set(firstId, { possible: false, reason: 'its target system did not call it', operations: [] });
  return previews;
}

function subjectOf(step: Step): AttemptSubject {
  return { change: step.change, attempt: nextAttempt(step) };
}

function isPreviewable(target: TargetSystem | undefined): target is PreviewableTargetSystem {
  return target !== undefined && 'preview' in target && typeof target.preview === 'function';
}

function hasNone(id: string, target: TargetSystem | undefined): string {
  return `target system '${id}'${target ? ` (${target.kind})` : ''} has no preview`;
}

/** The changes before it on the same target system that are not in effect yet. */
function unkeptBefore(steps: readonly Step[], { change }: Step): string[] {
  return steps
    .slice(
      0,
      steps.findIndex((step) => step.change.id === change.id),
    )
    .filter((step) => isPending(step) && step.change.targetSystem === change.targetSystem)
    .map((step) => `'${step.change.id}'`);
}

function withHint(preview: ChangePreview, before: readonly string[]): ChangePreview {
  if (preview.possible || before.length === 0 || preview.reason.endsWith('has no preview')) return preview;
  const reason = `${preview.reason}; perhaps because of what is pending before it and not in effect in a preview: ${before.join(', ')}`;
  return { ...preview, reason };
}
