import type { Difference } from '../../core/recipe.js';

/** `deleted`: it can still be read by its id. */
export type DeletedState = 'registered' | 'deleted' | 'absent';

/** What deleting something changes. */
export function deletion(what: string, from: DeletedState, permanent: boolean): readonly Difference[] {
  if (from === 'absent' || (from === 'deleted' && !permanent)) return [];
  return [{ what, from, ...(!permanent && { to: 'deleted' }) }];
}
