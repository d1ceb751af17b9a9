import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../../core/kit/canonical-json.js';
import type { Difference } from '../../../core/model/recipe.js';

/** Properties of an object besides its content, by the SDK's names. JSON. */
export type ObjectProperties = Readonly<Partial<Pick<HeadObjectCommandOutput, (typeof NAMES)[number]>>>;

/** Properties that an object gets besides its content. What is left out is not compared, and is not set after the object was put. */
export interface ObjectOptions {
  /** `image/svg+xml`. @default S3's: `application/octet-stream` */
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** User-defined metadata. S3 keeps the names in lower case. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const NAMES = [
  'ContentType',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'Metadata',
  'StorageClass',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'WebsiteRedirectLocation',
] as const;

/** Properties that S3 does not copy from the source. */
const NOT_COPIED = [
  'StorageClass',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'WebsiteRedirectLocation',
] as const;

/** The options as the SDK takes them. */
export function asProperties(options: ObjectOptions): ObjectProperties {
  const { metadata, ...texts } = options;
  return pick(
    {
      ContentType: texts.contentType,
      CacheControl: texts.cacheControl,
      ContentDisposition: texts.contentDisposition,
      ContentEncoding: texts.contentEncoding,
      ContentLanguage: texts.contentLanguage,
      Metadata: metadata && lowerCased(metadata),
    },
    NAMES,
  );
}

/** The properties in an answer to HEAD. */
export function propertiesOf(head: HeadObjectCommandOutput): ObjectProperties {
  return pick(head, NAMES);
}

/** The properties that a copy only has when they are named in the call. */
export function notCopied(properties: ObjectProperties): ObjectProperties {
  return pick(properties, NOT_COPIED);
}

/** The properties that differ from what is asked for. */
export function propertyDifferences(
  location: string,
  asked: ObjectProperties,
  found: ObjectProperties = {},
): Difference[] {
  return NAMES.flatMap((name) => {
    const [from, to] = [textOf(found[name]), textOf(asked[name])];
    return to === undefined || from === to
      ? []
      : [{ what: `${name} of '${location}'`, ...(from && { from }), to }];
  });
}

function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : canonicalJson(value);
}

function pick<N extends keyof HeadObjectCommandOutput>(
  source: Partial<HeadObjectCommandOutput>,
  names: readonly N[],
): Partial<Pick<HeadObjectCommandOutput, N>> {
  const entries = names.flatMap((name) =>
    source[name] === undefined ? [] : [[name, source[name]] as const],
  );
  return Object.fromEntries(entries) as Partial<Pick<HeadObjectCommandOutput, N>>;
}

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
