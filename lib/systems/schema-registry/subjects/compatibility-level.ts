import type { Compatibility } from '@confluentinc/schemaregistry';
import { TargetSystemError } from '../../../core/model/errors.js';

/** Which compatibility the registry demands of a new version. The library's enum `Compatibility` has the same values. */
export type CompatibilityLevel = `${Compatibility}`;

/** Which versions a level checks, backward (new readers, old data) and forward (old readers, new data): 0 none, 1 the latest, 2 all. */
const DEMANDS: Readonly<Record<CompatibilityLevel, readonly [backward: number, forward: number]>> = {
  NONE: [0, 0],
  BACKWARD: [1, 0],
  BACKWARD_TRANSITIVE: [2, 0],
  FORWARD: [0, 1],
  FORWARD_TRANSITIVE: [0, 2],
  FULL: [1, 1],
  FULL_TRANSITIVE: [2, 2],
};

/** Whether `to` demands everything that `from` demands, and more. */
export function tightens(from: CompatibilityLevel, to: CompatibilityLevel): boolean {
  const [[oldBackward, oldForward], [backward, forward]] = [DEMANDS[from], DEMANDS[to]];
  return backward >= oldBackward && forward >= oldForward && to !== from;
}

/** Whether the level checks all versions, not only the latest. */
export function isTransitive(level: CompatibilityLevel): boolean {
  return level.endsWith('_TRANSITIVE');
}

/**
 * The level of that name. Checked here, because a registry may take an unknown name for NONE.
 *
 * @throws TargetSystemError for an unknown name
 */
export function levelNamed(name: string): CompatibilityLevel {
  const level = LEVELS.find((known) => known === name);
  if (level) return level;
  throw new TargetSystemError(`'${name}' is not a level of compatibility.`, {
    fix: [`write one of ${LEVELS.join(', ')}`],
  });
}

const LEVELS = Object.keys(DEMANDS) as CompatibilityLevel[];
