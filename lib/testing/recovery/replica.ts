import { randomUUID } from 'node:crypto';
import type { AuditEntry } from '../../core/audit-entry.js';
import type { ChangeDefinition } from '../../core/change.js';
import type { FlamingockEvent } from '../../core/events.js';
import { findIssues, type Issue } from '../../core/issues.js';
import type { Plan } from '../../core/plan.js';
import { planRun } from '../../core/plan-run.js';
import { resolveIssue, type Resolution } from '../../core/resolve.js';
import type { RunResult } from '../../core/run-report.js';
import { run } from '../../core/run.js';
import type { EngineSettings } from '../../core/settings.js';
import type { TargetSystem } from '../../core/target-system.js';
import { undo, type UndoOptions } from '../../core/undo.js';
import { verifyAudit, type AuditVerification } from '../../core/verify-audit.js';
import { systemClock } from '../../nest/system-clock.js';
import type { ConnectedPair } from './recovery.pair.js';

type Changes = readonly ChangeDefinition[];

/** What is special about one call of the engine. */
export interface CallOptions extends Partial<Omit<EngineSettings, 'changes' | 'targets'>> {
  readonly target?: TargetSystem;
  readonly stop?: AbortSignal;
}

const NOT_STOPPED = new AbortController().signal;
const SILENT = { log() {}, warn() {}, error() {}, debug() {} };

/** One process of an app: the engine on a store and a target system of its own. */
export class Replica {
  /** What its runs told, oldest first. */
  readonly events: FlamingockEvent[] = [];

  constructor(
    readonly pair: ConnectedPair,
    readonly host: string,
  ) {}

  run(changes: Changes, options: CallOptions = {}): Promise<RunResult> {
    return run(this.settings(changes, options), request(options));
  }

  undo(changes: Changes, selection: UndoOptions, options: CallOptions = {}): Promise<RunResult> {
    return undo(this.settings(changes, options), request(options), selection);
  }

  resolve(changes: Changes, resolution: Resolution, options: CallOptions = {}): Promise<AuditEntry> {
    return resolveIssue(this.settings(changes, options), request(options), resolution);
  }

  issues(changes: Changes): Promise<Issue[]> {
    return findIssues(this.settings(changes));
  }

  plan(changes: Changes, options: CallOptions = {}): Promise<Plan> {
    return planRun(this.settings(changes, options));
  }

  verifyAudit(): Promise<AuditVerification> {
    return verifyAudit({ store: this.pair.store });
  }

  settings(changes: Changes, { target, ...rest }: CallOptions = {}): EngineSettings {
    const used = target ?? this.pair.target;
    return {
      changes,
      store: this.pair.store,
      targets: new Map([[used.id, used]]),
      activeProfiles: [],
      outOfOrder: 'warn',
      unknownChanges: 'warn',
      imports: [],
      lock: { leaseMs: 20_000, waitMs: 10_000, retryMs: 20 },
      clock: systemClock,
      identity: { host: this.host, actor: 'deployer', environment: 'test', appVersion: '1.2.3', app: 'shop' },
      emit: (event) => void this.events.push(event),
      loggerFor: () => SILENT,
      ...rest,
    };
  }
}

function request({ stop }: CallOptions) {
  return { executionId: randomUUID(), stop: stop ?? NOT_STOPPED };
}
