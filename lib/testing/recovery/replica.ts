import { randomUUID } from 'node:crypto';
import { findIssues, type Issue } from '../../core/engine/on-request/issues.js';
import { type Resolution, resolveIssue } from '../../core/engine/on-request/resolve.js';
import { undo, type UndoOptions } from '../../core/engine/on-request/undo.js';
import { type AuditVerification, verifyAudit } from '../../core/engine/on-request/verify-audit.js';
import { planRun } from '../../core/engine/on-request/plan-run.js';
import type { RunResult } from '../../core/engine/run-report.js';
import { run } from '../../core/engine/run.js';
import type { AuditEntry } from '../../core/model/audit-entry.js';
import type { ChangeDefinition } from '../../core/model/change.js';
import type { FlamingockEvent } from '../../core/model/events.js';
import type { Plan } from '../../core/model/plan.js';
import type { EngineSettings } from '../../core/model/settings.js';
import type { TargetSystem } from '../../core/model/target-system.js';
import { systemClock } from '../../nest/system-clock.js';
import type { ConnectedPair } from './recovery.pair.js';

type Changes = readonly ChangeDefinition[];

/** Settings of one call of the engine. */
export interface CallOptions extends Partial<Omit<EngineSettings, 'changes' | 'targets'>> {
  readonly target?: TargetSystem;
  readonly stop?: AbortSignal;
}

const NOT_STOPPED = new AbortController().signal;
const SILENT = { log() {}, warn() {}, error() {}, debug() {} };

/** One process of an app: the engine on a store and a target system of its own. */
export class Replica {
  /** The events of its runs, oldest first. */
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
