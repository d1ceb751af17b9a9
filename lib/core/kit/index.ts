// The contracts that an author of a system implements.
export { AUDIT_ENTRY_FIELDS } from '../model/audit-entry.js';
export type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  ChainIdentity,
  Fence,
  FormerHolder,
  LeaseRequest,
  Liveness,
  LockHolder,
  Settled,
} from '../model/audit-store.js';
export { parseDuration } from '../model/duration.js';
export { AppendRefusedError, type FlamingockErrorDetails, StaleFenceError } from '../model/errors.js';
export type { Injected, InjectionTokenOf } from '../model/injected.js';
export type { NotePreviewed, PerformRecipe, Recipe, Reversal } from '../model/recipe.js';
export type {
  AttemptScope,
  Client as TargetClient,
  Clients,
  ClientToken,
  ErrorExplanation,
  KnownFence,
  Marker,
  MarkerKind,
  MarkerStore,
  PreviewableTargetSystem,
  TargetFence,
  TargetSystem,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../model/target-system.js';

// What they are built with: one line for each file of this folder.
export { CallsInFlight, type ClientGate, clientGate, withGate } from './attempt-gate.js';
export {
  type Append,
  type AuditStorage,
  BaseAuditStore,
  NOTHING_YET,
  notTheEnd,
} from './base-audit-store.js';
export { refusedByServer, requireNamespace, staleFence } from './base-audit-store.js';
export { canonicalJson } from './canonical-json.js';
export { classOf } from './class-of.js';
export { EMPTY_CHAIN, faultAtEnd, headOf, laterHead } from './hash-chain.js';
export { type HistoryPage, historyPages, matchesQuery } from './history-pages.js';
export { injectable, injectableFrom, injectableTarget } from './injectable.js';
export { outsideAnyChange, OutsideRefusals, type OutsideWords } from './outside-refusals.js';
export { type RecipeClients, recipesInAttempt, recipesInPreview, type RecipeSite } from './recipe-clients.js';
export {
  type OpenRecipeAttempt,
  type RecipeAttempt,
  type RecipeSession,
  RecipeTargetSystem,
  type RecipeTargetSystemParts,
} from './recipe-target-system.js';
export {
  type AttemptRecipes,
  attemptName,
  idleRecipes,
  type PerformedRecipe,
  RecipeLedger,
} from './recipes.js';
export { parsedJson, readText, storedTextWhere } from './stored-text.js';
export { isError, LONGEST_TEXT, messageOf, pluralize, publicText, redact } from './text.js';
export {
  type AuditHead,
  emptyHead,
  type HeadStorage,
  type HeadWriter,
  renewal,
  renewed,
  type LeaseState,
  LeaseWatch,
  replaceHead,
  requireEnd,
  type SeenHead,
  type WatchedLease,
  watchedLease,
} from './watched-lease.js';
export { wrapError } from './wrap-error.js';
