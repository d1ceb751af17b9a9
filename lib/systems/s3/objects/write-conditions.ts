import { TargetSystemError } from '../../../core/errors.js';
import { type ObjectPlace, type ObjectState, stateText } from './object-state.js';

/** What must hold for an object to be written; the server judges it in the same write, so that of several only one wins. */
export interface WriteConditions {
  /** Only where there is no object of that key. @default false */
  readonly ifAbsent?: boolean;
  /** Only where the object has this ETag, quotes included. */
  readonly ifMatch?: string;
}

/** @throws TargetSystemError when a condition does not hold already now: also a preview tells it then */
export function refuseUnmet(
  { bucket, key }: ObjectPlace,
  state: ObjectState | undefined,
  { ifAbsent, ifMatch }: WriteConditions,
): void {
  const found = state ? `there is one (${stateText(state)})` : 'there is none';
  const unmet = ifMatch !== undefined && state?.etag !== ifMatch;
  if (!unmet && !(ifAbsent && state)) return;
  throw new TargetSystemError(
    `Object '${bucket}/${key}' was not written: it must ${unmet ? `have the ETag ${ifMatch}` : 'not exist'}, and ${found}.`,
    { fix: ['look at the object that is there', 'or leave out the condition, to replace it'] },
  );
}
