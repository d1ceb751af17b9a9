/**
 * The protocol's name of what a broker answered, such as `INVALID_CONFIG`; undefined for anything else. Also of an answer after
 * which kafkajs tried again and gave up: it is the cause then. Not by `instanceof`: there may be two copies of kafkajs.
 */
export function brokerAnswer(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const cause = 'cause' in error ? error.cause : undefined;
  const original = 'originalError' in error ? error.originalError : undefined;
  return lastAnswer(error) ?? brokerAnswer(cause) ?? brokerAnswer(original);
}

/** As `brokerAnswer`, unless kafkajs tried again by itself. */
export function lastAnswer(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('errors' in error && Array.isArray(error.errors)) return lastAnswer(error.errors[0]);
  return 'type' in error && typeof error.type === 'string' ? error.type : undefined;
}

/** What went wrong, for people: kafkajs gathers errors under a message that says nothing. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Object)) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) return reasonOf(error.errors[0]);
  const message = 'message' in error ? String(error.message) : JSON.stringify(error);
  const answer = brokerAnswer(error);
  return answer ? `${message} (${answer})` : message;
}

/** Gives `answer` instead of an error that says one of these things. */
export function unlessAnswered<T>(answer: T, ...types: readonly string[]): (error: unknown) => T {
  return (error) => {
    const type = brokerAnswer(error);
    if (type !== undefined && types.includes(type)) return answer;
    throw error;
  };
}
