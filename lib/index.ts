export {
  AUDIT_STATES,
  type AuditEntry,
  type AuditEntryDraft,
  type AuditOperation,
  type AuditState,
  type ChainHead,
  type ExecutionStrategy,
  type RecoveryStrategy,
} from './core/audit-entry.js';
export type {
  AuditSnapshot,
  AuditStore,
  Fence,
  HistoryQuery,
  LeaseRequest,
  LockHolder,
} from './core/audit-store.js';
export {
  ChangeContext,
  type ChangeDefinition,
  type ChangeLogger,
  type ChangeMethod,
  type OutsideTransactionPolicy,
  type Verdict,
} from './core/change.js';
export { type ClientGate, clientGate } from './core/client-gate.js';
export type { Clock, Identity } from './core/clock.js';
export type { Duration } from './core/duration.js';
export {
  AppendRefusedError,
  AttemptEndedError,
  AuditIntegrityError,
  AuditStoreError,
  ChangeFailedError,
  FlamingockError,
  type FlamingockErrorDetails,
  InterruptedError,
  InvalidChangesError,
  LockLostError,
  LockNotAcquiredError,
  ManualInterventionError,
  OutsideTransactionError,
  PendingChangesError,
  StaleFenceError,
  TargetSystemError,
  WaitsForItselfError,
} from './core/errors.js';
export type { Emit, FlamingockEvent } from './core/events.js';
export type { ImportMap, ImportOptions, ImportRules, ImportTarget } from './core/import-options.js';
export type { IgnoredRow, ImportedChange, ImportReport } from './core/import-report.js';
export type { HistorySource, ImportedRow, ImportedState, RecordPresence } from './core/import-source.js';
export { type Injected, type InjectionTokenOf, isInjected } from './core/injected.js';
export type { Issue } from './core/issues.js';
export type { Plan, PlanDecision, PlannedChange } from './core/plan.js';
export type { ChangePreview, NotePreviewed, PreviewedOperation } from './core/previewed-operation.js';
export {
  type RecipeClients,
  recipesInAttempt,
  recipesInPreview,
  type RecipeSite,
} from './core/recipe-clients.js';
export { type AttemptRecipes, type PerformedRecipe, RecipeLedger } from './core/recipe-ledger.js';
export type { Difference, PerformRecipe, Recipe, Reversal } from './core/recipe.js';
export { idleRecipes, Recipes } from './core/recipes.js';
export type { ChangeOutcome, ChangeReport, ExecutionReport } from './core/report.js';
export type { Resolution } from './core/resolve.js';
export type { LockSettings, OutOfOrderPolicy, UnknownChangesPolicy } from './core/settings.js';
export type {
  AttemptScope,
  Client as TargetClient,
  Clients,
  ClientToken,
  ErrorExplanation,
  Marker,
  MarkerKind,
  MarkerStore,
  PreviewableTargetSystem,
  TargetSystem,
  TargetTransaction,
  TransactionalTargetSystem,
} from './core/target-system.js';
export type { UndoOptions } from './core/undo.js';
export type { UndoAll, UndoOnly, UndoSelection, UndoTo } from './core/undo-selection.js';
export type { AuditVerification } from './core/verify-audit.js';
export type { ChangeOptions } from './nest/change-options.js';
export { Apply } from './nest/decorators/apply.decorator.js';
export { Change } from './nest/decorators/change.decorator.js';
export { Client } from './nest/decorators/client.decorator.js';
export { Rollback } from './nest/decorators/rollback.decorator.js';
export { Verify } from './nest/decorators/verify.decorator.js';
export type { FlamingockAsyncOptions, FlamingockOptionsFactory } from './nest/flamingock-async-options.js';
export type { BootstrapMode, FlamingockOptions, LockOptions, RunOn } from './nest/flamingock-options.js';
export { FlamingockModule } from './nest/flamingock.module.js';
export {
  Flamingock,
  type PlanOptions,
  type ResolveOptions,
  type RunOptions,
} from './nest/flamingock.service.js';
export type { HistoryImport } from './nest/history-import.js';
export { planText } from './nest/plan-text.js';
export type { FlamingockStatus } from './nest/readiness.js';
export { durationText, failureText, reportText } from './nest/report-text.js';
