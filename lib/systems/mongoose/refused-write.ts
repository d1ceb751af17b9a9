/** The part of the driver's answers that is used here; some are plain documents. */
interface Answer {
  has?(field: string): boolean;
  toObject?(): Answer;
  readonly writeErrors?: readonly { readonly errmsg?: string }[];
}

/** What the server says about a write that it refused, in an answer that is no error in itself. */
export function refusedWrite(answer: unknown): Error | undefined {
  if (!isObject(answer)) return undefined;
  const { has, toObject, writeErrors }: Answer = answer;
  const isLazy = has?.call(answer, 'writeErrors') === true;
  const [refused] = (isLazy ? toObject?.call(answer).writeErrors : writeErrors) ?? [];
  return refused && new Error(refused.errmsg);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
