import { TargetSystemError } from '../../../core/model/errors.js';
import { type ObjectLocation, type ObjectState, stateText } from './object-state.js';

/** Conditions of a write. S3 checks them in the same call, so that of several writers only one succeeds. */
export interface WriteConditions {
  /** Write only when there is no object with that key. @default false */
  readonly ifAbsent?: boolean;
  /** Write only when the object has this ETag, quotes included. */
  readonly ifMatch?: string;
}

/** Checks the conditions before the write, so that a preview reports them too. @throws TargetSystemError when one does not hold */
export function refuseUnmet(
  { bucket, key }: ObjectLocation,
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
