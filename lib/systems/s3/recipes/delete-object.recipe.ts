import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Recipe } from '../../../core/recipe.js';
import { type ObjectBefore, readBefore, withBeforeKept } from '../objects/before-image.js';
import { type ObjectPlace, stateText } from '../objects/object-state.js';
import { restoring } from '../objects/restore-object.js';
import { refuseUnmet, type WriteConditions } from '../objects/write-conditions.js';
import { isRefusal } from '../s3-request.error.js';
import type { S3Session } from '../s3-session.js';

/** How an object is deleted. */
export type DeleteObjectOptions = Pick<WriteConditions, 'ifMatch'>;

/** An object that there shall not be. */
export interface DeleteObject extends ObjectPlace {
  readonly options: DeleteObjectOptions;
}

/** An object is deleted; a versioned bucket keeps its versions. */
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
      return 'none';
    });
  },
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: restoring,
};
