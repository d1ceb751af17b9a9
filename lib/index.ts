export type { Issue } from './core/engine/on-request/issues.js';
export type { AdoptOptions, Adoption } from './core/engine/on-request/adopt-targets.js';
export type { Resolution } from './core/engine/on-request/resolve.js';
export type { UndoAll, UndoOnly, UndoSelection, UndoTo } from './core/engine/on-request/undo-selection.js';
export type { UndoOptions } from './core/engine/on-request/undo.js';
export type { AuditVerification } from './core/engine/on-request/verify-audit.js';
export { Recipes } from './core/kit/recipes.js';
export {
  AUDIT_STATES,
  type AuditEntry,
  type AuditOperation,
  type AuditState,
  type ChainHead,
  type ExecutionStrategy,
  type RecoveryStrategy,
} from './core/model/audit-entry.js';
export type { HistoryQuery, LeaseHolder } from './core/model/audit-store.js';
export { ChangeContext, type ChangeLogger, type Verdict } from './core/model/change.js';
export type { Duration } from './core/model/duration.js';
export {
  AttemptEndedError,
  AuditIntegrityError,
  AuditStoreBehindError,
  AuditStoreError,
  ChangeFailedError,
  FlamingockError,
  InterruptedError,
  InvalidChangesError,
  LockLostError,
  LockNotAcquiredError,
  ManualInterventionError,
  OutsideTransactionError,
  PendingChangesError,
  TargetSystemError,
  WaitsForItselfError,
} from './core/model/errors.js';
export type { FlamingockEvent } from './core/model/events.js';
export type {
  HistorySource,
  IgnoredRow,
  ImportMap,
  ImportOptions,
  ImportReport,
  ImportRules,
  ImportTarget,
  ImportedChange,
  ImportedRow,
  ImportedState,
  RecordPresence,
} from './core/model/history-source.js';
export type { Plan, PlanDecision, PlannedChange } from './core/model/plan.js';
export type { ChangePreview, Difference, PreviewedOperation } from './core/model/recipe.js';
export type { ChangeOutcome, ChangeReport, ExecutionReport } from './core/model/report.js';
export type { OutOfOrderPolicy, UnknownChangesPolicy } from './core/model/settings.js';
export type { OutsideTransactionPolicy } from './core/model/target-system.js';
export type { ChangeOptions } from './nest/decorators/change-options.js';
export { Apply, Change, Client, Rollback, Verify } from './nest/decorators/decorators.js';
export { FlamingockModule } from './nest/flamingock.module.js';
export {
  Flamingock,
  type PlanOptions,
  type ResolveOptions,
  type RunOptions,
} from './nest/flamingock.service.js';
export type {
  BootstrapMode,
  FlamingockAsyncOptions,
  FlamingockOptions,
  FlamingockOptionsFactory,
  HistoryImport,
  LockOptions,
  RunOn,
} from './nest/options/flamingock-options.js';
export { planText } from './nest/running/plan-text.js';
export type { FlamingockStatus } from './nest/running/readiness.js';
export { reportText } from './nest/running/report-text.js';
