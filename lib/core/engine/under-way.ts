import type { Step } from '../model/plan.js';
import type { State } from './read-state.js';

/** True when the process that holds the lease now made this attempt, so that it may still be running. */
export function isUnderWay({ snapshot }: Pick<State, 'snapshot'>, { latest }: Pick<Step, 'latest'>): boolean {
  return latest !== undefined && latest.executionId === snapshot.holder?.holder && latest.state !== 'APPLIED';
}

/** True when the lease has a holder that is known to hold it. */
export function isAlive({ snapshot: { holder } }: Pick<State, 'snapshot'>): boolean {
  return holder?.liveness === 'alive';
}

/** Who is at work on a change that is under way, for people. */
export function underWayText(
  { snapshot }: Pick<State, 'snapshot'>,
  { latest }: Pick<Step, 'latest'>,
): string {
  const { host, until, liveness } = snapshot.holder ?? {};
  if (liveness === 'unknown')
    return `attempt ${latest?.attempt} may be under way on ${host}: whether that process lives shows when its lock has been watched for a while`;
  return `attempt ${latest?.attempt} is under way on ${host}, which holds the lock until ${until}`;
}
