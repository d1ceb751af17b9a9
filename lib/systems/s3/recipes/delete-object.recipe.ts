import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/model/recipe.js';
import { type ObjectBefore, readBefore, withBeforeKept } from '../objects/before-image.js';
import { type ObjectLocation, stateText } from '../objects/object-state.js';
import { restoring } from '../objects/restore-object.js';
import { refuseUnmet, type WriteConditions } from '../objects/write-conditions.js';
import { isRefusal } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** How an object is deleted. */
export type DeleteObjectOptions = Pick<WriteConditions, 'ifMatch'>;

/** The object to delete. */
export interface DeleteObject extends ObjectLocation {
  readonly options: DeleteObjectOptions;
}

/** Deletes an object; a versioned bucket keeps its versions. */
export const DELETE_OBJECT: Recipe<S3Session, DeleteObject, ObjectBefore> = {
  operation: 's3.delete-object',
  describe: ({ bucket, key }) => `delete object '${bucket}/${key}'`,
  async read(session, input) {
    const before = await readBefore(session, input);
    if (before.state) refuseUnmet(input, before.state, input.options);
    return before;
  },
  compare: ({ bucket, key }, { state }) =>
    state ? [{ what: `object '${bucket}/${key}'`, from: stateText(state) }] : [],
  async apply(session, { bucket, key, options: { ifMatch } }, before) {
    const condition = ifMatch === undefined ? {} : { IfMatch: ifMatch };
    await withBeforeKept(session, before, async () => {
      await session.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...condition }));
      return undefined;
    });
  },
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: restoring,
};
