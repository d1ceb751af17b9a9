import type { Difference, Recipe } from '../../../core/model/recipe.js';
import { copyOnServer, type ObjectBefore, readBefore, withBeforeKept } from '../objects/before-image.js';
import { propertyDifferences } from '../objects/object-properties.js';
import {
  type ObjectLocation,
  type ObjectState,
  sameContent,
  stateOf,
  stateText,
} from '../objects/object-state.js';
import { restoring } from '../objects/restore-object.js';
import { refuseUnmet, type WriteConditions } from '../objects/write-conditions.js';
import { isRefusal } from '../connection/s3-request.error.js';
import type { S3Session } from '../connection/s3-session.js';

/** How an object is copied. */
export type CopyObjectOptions = Pick<WriteConditions, 'ifAbsent'>;

/** The object to copy, and where to. */
export interface CopyObject {
  readonly from: ObjectLocation;
  readonly to: ObjectLocation;
  readonly options: CopyObjectOptions;
}

/** The object that was at the target, and the one that is copied. */
export interface CopyObjectBefore extends ObjectBefore {
  /** Absent when there is none; in a preview, an earlier operation may be the one that puts it. */
  readonly source?: ObjectState;
}

/** Makes S3 copy an object of up to 5 GiB with content type, metadata and tags. */
export const COPY_OBJECT: Recipe<S3Session, CopyObject, CopyObjectBefore> = {
  operation: 's3.copy-object',
  describe: ({ from, to }) => `copy object '${from.bucket}/${from.key}' to '${to.bucket}/${to.key}'`,
  async read(session, input) {
    const source = await stateOf(session, input.from);
    const before = { ...(await readBefore(session, input.to)), ...(source && { source }) };
    if (differencesOf(input, before).length > 0) refuseUnmet(input.to, before.state, input.options);
    return before;
  },
  compare: differencesOf,
  async apply(session, { from, to, options }, before) {
    const { properties = {}, etag } = before.source ?? {};
    const conditions = {
      ...(etag !== undefined && { CopySourceIfMatch: etag }),
      ...(options.ifAbsent && { IfNoneMatch: '*' }),
    };
    await withBeforeKept(session, before, () => copyOnServer(session, { from, to, properties, conditions }));
  },
  expect: () => undefined,
  wasRefused: isRefusal,
  reverse: restoring,
};

function differencesOf({ from, to }: CopyObject, { state, source }: CopyObjectBefore): Difference[] {
  const location = `${to.bucket}/${to.key}`;
  const wanted = source ? stateText(source) : `as '${from.bucket}/${from.key}'`;
  const same = state && source && sameContent(state, source);
  const content = same
    ? []
    : [{ what: `object '${location}'`, ...(state && { from: stateText(state) }), to: wanted }];
  return [...content, ...propertyDifferences(location, source?.properties ?? {}, state?.properties)];
}
