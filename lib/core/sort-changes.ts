import type { ChangeDefinition } from './change.js';

/** By stage as the module lists them, then by `order`, compared as text by code unit. */
export function sortChanges(
  changes: readonly ChangeDefinition[],
  stages: readonly string[],
): ChangeDefinition[] {
  return [...changes].sort(
    (a, b) =>
      stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
      (a.order < b.order ? -1 : a.order > b.order ? 1 : 0),
  );
}
