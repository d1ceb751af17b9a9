import { TargetSystemError } from '../../../core/model/errors.js';
import { bucketOf, describeCall, type S3Call } from './intercepted-client.js';

/** What errors of the SDK have. */
interface SdkError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly code?: unknown;
}

/** S3 refused a call of `S3Buckets`, or did not answer. */
export class S3RequestError extends TargetSystemError {
  constructor(
    message: string,
    /** S3's error code, such as `NoSuchBucket`, or the code of the connection's error, such as `ECONNREFUSED`. */
    readonly reason: string,
    /** HTTP status of the last answer; absent when there was none. */
    readonly status: number | undefined,
    /** How often the SDK sent it. */
    readonly attempts: number,
    details: ConstructorParameters<typeof TargetSystemError>[1],
  ) {
    super(message, details);
  }
}

/** An error of the SDK as S3RequestError, which names the call, its bucket and the target system. Any other error is returned unchanged. */
export function namedError(error: unknown, call: S3Call, targetId: string): unknown {
  if (!isSdkError(error)) return error;
  const { httpStatusCode: status, attempts = 1 } = error.$metadata;
  const reason = reasonOf(error, status);
  const times = attempts > 1 ? ` (after ${attempts} attempts)` : '';
  const saysMore =
    error.message && !/^(Unknown(Error)?|\d+)$/.test(error.message) && error.message !== reason;
  const text = saysMore ? `: ${error.message}` : '';
  const answer =
    status === undefined
      ? `got no answer${times}${text || `: ${reason}`}`
      : `was answered by ${status} ${reason}${times}${text}`;
  const message = `${describeCall(call)} on target system '${targetId}' ${answer}`;
  return new S3RequestError(message, reason, status, attempts, {
    cause: error,
    fix: fixFor(reason, status, call),
  });
}

/** Codes for answers to HEAD, which have no body and so no code: the SDK then names its status, or `Unknown`. */
const IN_WORDS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'AccessDenied',
  404: 'NotFound',
  412: 'PreconditionFailed',
};

function reasonOf({ code, name }: SdkError, status = 0): string {
  if (typeof code === 'string') return code;
  const unknown = /^(Unknown(Error)?|Error|\d+)$/.test(name);
  return (unknown ? IN_WORDS[status] : undefined) ?? name;
}

/** Whether S3 refused the call and did nothing. False after several attempts, since an earlier one may have succeeded. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof S3RequestError)) return false;
  const { status = 0, attempts } = error;
  return status >= 400 && status < 500 && status !== 408 && attempts === 1;
}

/** Resolves to the answer, or to undefined when S3 refuses for one of these reasons. */
export function unless<T>(answer: Promise<T>, ...reasons: readonly string[]): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof S3RequestError && reasons.includes(error.reason)) return undefined;
    throw error;
  });
}

const CREDENTIALS =
  /^(SignatureDoesNotMatch|InvalidAccessKeyId|ExpiredToken|InvalidToken|TokenRefreshRequired)$/;

function fixFor(reason: string, status: number | undefined, call: S3Call): readonly string[] {
  const bucket = bucketOf(call) ?? '';
  const action = call.command.replace(/Command$/, '');
  if (CREDENTIALS.test(reason))
    return ['check key, secret, session token and region of the S3Client that the target system was given'];
  if (status === 301)
    return [
      `bucket '${bucket}' is in another region: give the S3Client that region, or set followRegionRedirects`,
    ];
  if (status === 400 && action.startsWith('Head'))
    return [`check region, session token and endpoint of the S3Client, and the name of bucket '${bucket}'`];
  if (status === 403 && action === 'HeadObject')
    return [
      `let the role of the S3Client do s3:GetObject and s3:ListBucket on '${bucket}': without the latter S3 says 403 where there is no object`,
      'or check its key and secret: an answer to HEAD does not say that they are wrong',
    ];
  if (status === 403)
    return [`let the role of the S3Client do ${action} on '${bucket}', or check its key and secret`];
  if (reason === 'NoSuchBucket') return [`make the bucket first: buckets.ensureBucket('${bucket}')`];
  if (reason === 'BucketNotEmpty') return ['delete all objects, versions and delete markers in it first'];
  if (status === 412) return ['somebody else wrote it meanwhile: look at it, then put without the condition'];
  if (status === 501) return ['this S3 server lacks the call: leave it out, or use another server'];
  if (status === 503 || reason === 'SlowDown')
    return ['raise maxAttempts of the S3Client, or try again later'];
  if (status === undefined) return ['check the endpoint of the S3Client, and that its server is up'];
  return [];
}

/** By its fields, since an app may have another copy of the SDK. */
function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && '$metadata' in error && typeof error.$metadata === 'object';
}
