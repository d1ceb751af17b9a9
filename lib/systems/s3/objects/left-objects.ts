import { TargetSystemError } from '../../../core/errors.js';
import { type ObjectPlace, type ObjectState, stateText } from './object-state.js';

/** What S3 said of an object that was written, or that there is none. */
export type LeftObject = Partial<Pick<ObjectState, 'etag' | 'versionId'>> | 'none';

/** What an attempt left at each place, as S3 answered it in the same write: what is there later may be somebody else's. */
export class LeftObjects {
  readonly #left = new Map<string, LeftObject>();

  note(place: ObjectPlace, left: LeftObject): void {
    this.#left.set(nameOf(place), left);
  }

  /**
   * @param now - what is there before it is put back
   * @throws TargetSystemError when somebody else has written or deleted it since the attempt did
   */
  refuseOthers(place: ObjectPlace, now: ObjectState | undefined): void {
    const left = this.#left.get(nameOf(place));
    if (left === undefined || isLeft(left, now)) return;
    const found = now ? `there is another one (${stateText(now)})` : 'it was deleted';
    const ours = left === 'none' ? 'deleted it' : `put it (${left.etag})`;
    throw new TargetSystemError(
      `Object '${place.bucket}/${place.key}' was not put back: the change ${ours}, and since then ${found}, by somebody else.`,
      {
        fix: [
          'look at it, put it right by hand, and mark the change as rolled back',
          'or put back what the change left, and mark it as applied',
        ],
      },
    );
  }
}

function isLeft(left: LeftObject, now: ObjectState | undefined): boolean {
  if (left === 'none' || !now) return left === 'none' && !now;
  const sameVersion = !left.versionId || !now.versionId || left.versionId === now.versionId;
  return sameVersion && (left.etag === undefined || left.etag === now.etag);
}

function nameOf({ bucket, key }: ObjectPlace): string {
  return `${bucket}/${key}`;
}
