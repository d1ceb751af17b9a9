const LEADING_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const CONTROL =
  /^(?:commit|end|abort|begin(?!\s+not\s+atomic)|start\s+transaction|rollback(?!\s+(?:work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i;

/** True for a statement that begins or ends a whole transaction; savepoints are not meant. */
export function isTransactionControl(statement: string): boolean {
  return CONTROL.test(statement.replace(LEADING_COMMENTS, ''));
}

/** The statement on one line and not too long, for messages. */
export function shorten(statement: string): string {
  const line = statement.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
