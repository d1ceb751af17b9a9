import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../../core/canonical-json.js';
import type { Difference } from '../../../core/recipe.js';

/** What S3 keeps of an object beside its content, by the SDK's names. JSON. */
export type ObjectProperties = Readonly<Partial<Pick<HeadObjectCommandOutput, (typeof NAMES)[number]>>>;

/** What an object shall have beside its content; what is left out is not compared, and not there after it was put. */
export interface ObjectOptions {
  /** `image/svg+xml`. @default S3's: `application/octet-stream` */
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** The object's own; names are lower case in S3. */
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

/** These a copy does not take from its source. */
const NOT_COPIED = [
  'StorageClass',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'WebsiteRedirectLocation',
] as const;

/** What the SDK takes to put an object with these options. */
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

/** What an object has. */
export function propertiesOf(head: HeadObjectCommandOutput): ObjectProperties {
  return pick(head, NAMES);
}

/** What must be said again when an object is copied, so that the copy has it too. */
export function notCopied(properties: ObjectProperties): ObjectProperties {
  return pick(properties, NOT_COPIED);
}

/** What is asked for and not so. */
export function propertyDifferences(
  place: string,
  asked: ObjectProperties,
  found: ObjectProperties = {},
): Difference[] {
  return NAMES.flatMap((name) => {
    const [from, to] = [textOf(found[name]), textOf(asked[name])];
    return to === undefined || from === to
      ? []
      : [{ what: `${name} of '${place}'`, ...(from && { from }), to }];
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
