export { auditStoreContract } from './audit-store/audit-store.contract.js';
export type { AuditStoreHarness, ConnectedStore, StoreStorage } from './audit-store/audit-store.harness.js';
export type { ContractRunner } from './contract-runner.js';
export { recipeContract } from './recipes/recipe.contract.js';
export type { RecipeCase, RecipeHarness } from './recipes/recipe.harness.js';
export { recoveryContract } from './recovery/recovery.contract.js';
export type { ConnectedPair, ConnectOptions, PairLocation, RecoveryPair } from './recovery/recovery.pair.js';
export { targetSystemContract } from './target-system/target-system.contract.js';
export type {
  AnyTargetHarness,
  ConnectedTarget,
  Effect,
  PlainTargetHarness,
  TargetLocation,
  TargetSystemHarness,
  TransactionalTargetHarness,
} from './target-system/target-system.harness.js';
