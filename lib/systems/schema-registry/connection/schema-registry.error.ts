import { TargetSystemError } from '../../../core/model/errors.js';
import { isError, redact } from '../../../core/kit/text.js';

/** In characters; limited because a proxy may answer with a whole page. */
const LONGEST = 2_000;

/** What is known of a request to the registry that failed; nothing in it is secret. */
export interface SchemaRegistryFailure {
  /** `POST /subjects/orders-value/versions` */
  readonly request: string;
  /** HTTP status of the answer; absent when there was none. */
  readonly status?: number;
  /** The registry's own code: `40401`. Absent when something in front of it answered. */
  readonly errorCode?: number;
  /** What the registry says, or why there was no answer. */
  readonly reason: string;
}

/** The registry refused a request or did not answer. Contains no secrets, so it can be stored and shown. */
export class SchemaRegistryError extends TargetSystemError {
  readonly request: string;
  readonly status: number | undefined;
  readonly errorCode: number | undefined;
  readonly reason: string;

  constructor({ request, status, errorCode, reason }: SchemaRegistryFailure) {
    const code = errorCode === undefined || errorCode === status ? '' : ` (code ${errorCode})`;
    const what = status === undefined ? 'got no answer' : `was answered by ${status}${code}`;
    super(`${request} ${what}: ${reason}`, { fix: fixOf(status) });
    this.request = request;
    this.status = status;
    this.errorCode = errorCode;
    this.reason = reason;
  }
}

/** The library's error without secrets. It is not kept as the cause, because it may hold the request with its headers. */
export function toRegistryError(request: string, error: unknown): SchemaRegistryError {
  if (!isError(error)) return new SchemaRegistryError({ request, reason: redact(String(error)) });
  const [status, errorCode] = [numberIn(error, 'status'), numberIn(error, 'errorCode')];
  if (status === undefined || errorCode === undefined)
    return new SchemaRegistryError({ request, reason: redact(reasonOf(error)) });
  const reason = redact(error.message.replace(/; Error code: -?\d+$/, ''));
  return new SchemaRegistryError({ request, status, ...(errorCode > 0 && { errorCode }), reason });
}

/** The error for an answer by which the registry refuses a request. */
export function refusal(request: string, status: number, body: unknown): SchemaRegistryError {
  const { error_code: errorCode, message } = (
    typeof body === 'object' && body !== null ? body : { message: body }
  ) as { readonly error_code?: unknown; readonly message?: unknown };
  const code = typeof errorCode === 'number' ? { errorCode } : {};
  const reason = typeof message === 'string' && message !== '' ? message : 'it gives no reason';
  return new SchemaRegistryError({ request, status, ...code, reason: redact(reason, LONGEST) });
}

/**
 * Codes for: no such subject, version, schema or level; subject or version deleted already. Other codes of this kind mean that
 * something must be deleted first.
 */
const NOT_THERE: readonly (number | undefined)[] = [40401, 40402, 40403, 40404, 40406, 40408];

/** Whether the registry itself answered that the thing does not exist, or no longer. */
export function isNotThere(error: unknown): boolean {
  return error instanceof SchemaRegistryError && NOT_THERE.includes(error.errorCode);
}

/** Whether the registry, or a proxy in front of it, refused the request. */
export function isRefusal(error: unknown): error is SchemaRegistryError {
  if (!(error instanceof SchemaRegistryError)) return false;
  const { status = 0 } = error;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const message = error.message || errorsWithin(error);
  return code && !message.includes(code) ? `${code} ${message}` : message;
}

/** For a name with several addresses, a refused connection has an empty message and several inner errors. */
function errorsWithin(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(String).join(', ') : '';
}

function numberIn(error: Error, name: string): number | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'number' ? value : undefined;
}

function fixOf(status: number | undefined): string[] {
  if (status === undefined)
    return ['look whether a registry answers at the baseURLs of the SchemaRegistryClient'];
  if (status !== 401 && status !== 403) return [];
  return ['give the SchemaRegistryClient basicAuthCredentials or bearerAuthCredentials that may do this'];
}
