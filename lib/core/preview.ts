import { withAttempt } from './execute/attempt.js';
import type { Surroundings } from './execute/execution.js';
import { nextAttempt } from './execute/record.js';
import { messageOf } from './error-text.js';
import { isPending, type Step } from './plan.js';
import { presentable } from './presentable.js';
import type { ChangePreview, PreviewedOperation } from './previewed-operation.js';
import type { EngineSettings, RunRequest } from './settings.js';
import type { PreviewableTargetSystem, TargetSystem } from './target-system.js';

/**
 * Calls `@Apply` of each change that is to be applied, one after the other, with clients that write nothing, and tells what it
 * would do. Nothing is kept between two changes, so one that needs what another does before it may fail here.
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
  for (const step of steps) {
    if (step.decision !== 'apply') continue;
    const preview = await previewStep(surroundings, step);
    previews.set(step.change.id, withHint(preview, unkeptBefore(steps, step)));
  }
  return previews;
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
  return { settings: { ...settings, emit: () => undefined, loggerFor }, request, lease, isPreview: true };
}

async function previewStep(surroundings: Surroundings, step: Step): Promise<ChangePreview> {
  const { change } = step;
  const target = surroundings.settings.targets.get(change.targetSystem);
  if (!isPreviewable(target))
    return { possible: false, reason: hasNone(change.targetSystem, target), operations: [] };
  const operations: PreviewedOperation[] = [];
  try {
    await withAttempt(surroundings, { change, attempt: nextAttempt(step) }, ({ scope, call }) => {
      const note = (operation: PreviewedOperation): void => {
        scope.guard();
        operations.push(presentable(operation));
      };
      return target.preview(scope, note, async (clients) => void (await call(change.apply, clients)));
    });
    return { possible: true, operations };
  } catch (error) {
    return { possible: false, reason: messageOf(error), operations };
  }
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
