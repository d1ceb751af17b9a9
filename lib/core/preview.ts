import { type AttemptSubject, withAttempt } from './execute/attempt.js';
import type { Surroundings } from './execute/execution.js';
import { nextAttempt } from './execute/record.js';
import { messageOf } from './error-text.js';
import { isPending, type Step } from './plan.js';
import { presentable } from './presentable.js';
import type { ChangePreview, PreviewedOperation } from './previewed-operation.js';
import type { EngineSettings, RunRequest } from './settings.js';
import type { Clients, PreviewableTargetSystem, TargetSystem } from './target-system.js';

/**
 * Calls `@Apply` of each change that is to be applied, with clients that write nothing, and tells what it would do.
 *
 * Where the target system can, a change sees what those before it did on the same target system. Elsewhere, and after one that
 * failed, nothing is kept, so one that needs what another does before it may fail here.
 *
 * @returns the previews by the change's id
 */
export async function previewSteps(
  settings: EngineSettings,
  request: RunRequest,
  steps: readonly Step[],
): Promise<ReadonlyMap<string, ChangePreview>> {
  const surroundings = surroundingsOf(settings, request);
  const previews = new Map<string, ChangePreview>();
  for (let rest = steps.filter(({ decision }) => decision === 'apply'); rest[0];) {
    const together = togetherWith(rest[0], rest, settings.targets);
    const told = await previewTogether(surroundings, together);
    for (const [id, preview] of told) previews.set(id, withHint(preview, unkeptBefore(steps, rest[0])));
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
function surroundingsOf(settings: EngineSettings, request: RunRequest): Surroundings {
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
  // Nothing of a preview is kept anywhere.
  const chain = { storeId: '', namespace: settings.store.namespace };
  return {
    settings: { ...settings, emit: () => undefined, loggerFor },
    request,
    lease,
    chain,
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
  // It need not be called, and the loop must end.
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
