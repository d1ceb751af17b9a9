// The doors of the engine; bodies follow.
import type { AuditEntry } from './audit-entry.js';
import type { FlamingockError } from './errors.js';
import type { Plan } from './plan.js';
import type { ExecutionReport } from './report.js';
import type { EngineSettings, RunRequest } from './settings.js';

export interface RunResult { readonly report: ExecutionReport; readonly error?: FlamingockError }
export interface UndoRequest { readonly to?: string; readonly only?: string; readonly dryRun?: boolean }
export interface Issue { readonly changeId: string; readonly targetSystem: string; readonly state: string; readonly at: string; readonly host: string; readonly attempt: number; readonly error?: string; readonly guidance: readonly string[] }
export interface Resolution { readonly changeId: string; readonly as: 'applied' | 'rolled-back'; readonly reason: string; readonly actor?: string }
export interface AuditVerification { readonly intact: boolean; readonly entries: number; readonly head: { seq: number; hash: string }; readonly firstBad?: { readonly seq: number; readonly reason: string } }
export declare function run(settings: EngineSettings, request: RunRequest): Promise<RunResult>;
export declare function planRun(settings: EngineSettings): Promise<Plan>;
export declare function undo(settings: EngineSettings, request: RunRequest, undo: UndoRequest): Promise<RunResult>;
export declare function findIssues(settings: EngineSettings): Promise<Issue[]>;
export declare function resolveIssue(settings: EngineSettings, request: RunRequest, resolution: Resolution): Promise<AuditEntry>;
export declare function verifyAudit(settings: Pick<EngineSettings, 'store'>): Promise<AuditVerification>;
