import { randomUUID } from 'node:crypto';
import { resolveIssue } from '../../../lib/core/engine/on-request/resolve.js';
import { undo } from '../../../lib/core/engine/on-request/undo.js';
import type { RunResult } from '../../../lib/core/engine/run-report.js';
import { run } from '../../../lib/core/engine/run.js';
import type { FlamingockEvent } from '../../../lib/core/model/events.js';
import type { EngineSettings, RunRequest } from '../../../lib/core/model/settings.js';
import { changeOf } from './changes.js';
import { clockOf } from './clocks.js';
import type { Action, Job, JobResult } from './messages.js';
import type { Announcer, Steps } from './steps.js';
import { openSystems, type Systems } from './systems.js';

const SILENT = { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** Does a job and tells what became of it. Never throws for what the engine throws. */
export async function perform(job: Job, steps: Steps): Promise<JobResult> {
  const systems = await openSystems(job.app, steps);
  const events: FlamingockEvent[] = [];
  const settings = settingsOf(job, systems, steps, (event) => void events.push(event));
  try {
    const ended = await act(job.action, settings);
    return { ...ended, waited: events.flatMap(waitOf), steps: steps.seen };
  } finally {
    await systems.close();
  }
}

/** How a job ended. */
export type Ended = Pick<JobResult, 'status' | 'outcomes' | 'error'>;

async function act(action: Action, settings: EngineSettings): Promise<Ended> {
  const request: RunRequest = { executionId: randomUUID(), stop: new AbortController().signal };
  switch (action.type) {
    case 'run':
      return ended(await run(settings, request));
    case 'undo':
      return ended(
        await undo(settings, request, action.to === undefined ? { all: true } : { to: action.to }),
      );
    case 'resolve':
      try {
        await resolveIssue(settings, request, { ...action, reason: 'looked at it' });
        return { status: 'resolved', outcomes: {} };
      } catch (error) {
        return { status: 'failed', outcomes: {}, error: textsOf(error) };
      }
  }
}

/** The end of a run as a value that crosses the border between processes. */
export function ended({ report, error }: RunResult): Ended {
  const outcomes = Object.fromEntries(report.changes.map(({ id, outcome }) => [id, outcome]));
  return { status: report.status, outcomes, ...(error && { error: textsOf(error) }) };
}

function textsOf(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'unknown', message: String(error) };
  const cause = error.cause === undefined ? '' : ` <- ${textsOf(error.cause).message}`;
  return { name: error.name, message: `${error.message}${cause}` };
}

function waitOf(event: FlamingockEvent): JobResult['waited'] {
  if (event.type !== 'waiting-for-lock') return [];
  const { holder, inProgress } = event;
  return [{ host: holder?.host, until: holder?.until, inProgress }];
}

/** What the engine works with in a job on these systems. */
export function settingsOf(
  job: Job,
  systems: Systems,
  steps: Announcer,
  emit: (event: FlamingockEvent) => void,
): EngineSettings {
  return {
    changes: job.app.changes.map((spec, index) => {
      const effects = systems.effects.get(spec.target);
      if (!effects) throw new Error(`change ${spec.id} names the target ${spec.target}, which the app lacks`);
      return changeOf(spec, index, effects, steps);
    }),
    store: systems.store,
    targets: systems.targets,
    activeProfiles: [],
    outOfOrder: 'warn',
    unknownChanges: 'warn',
    imports: [],
    lock: { leaseMs: job.leaseMs, waitMs: 60_000, retryMs: 100 },
    clock: clockOf(job),
    identity: {
      host: job.host,
      actor: 'crash-test',
      environment: 'test',
      appVersion: '1.0.0',
      app: 'crash-test',
    },
    emit,
    loggerFor: () => SILENT,
  };
}
