import { LONGEST_TEXT, redact } from '../../core/kit/text.js';

const LEADING_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const CONTROL =
  /^(?:commit|end|abort|begin(?!\s+not\s+atomic)|start\s+transaction|rollback(?!\s+(?:work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i;

/** True for a statement that begins or ends a whole transaction; false for savepoints. */
export function isTransactionControl(statement: string): boolean {
  return CONTROL.test(statement.replace(LEADING_COMMENTS, ''));
}

/**
 * The statement for messages: on one line, without secrets, and at most `longest` characters long.
 *
 * Secrets are removed before the text is cut: the name that marks a literal as a secret may be behind the cut.
 */
export function shorten(statement: string, longest = 200): string {
  const text = onOneLine(statement.slice(0, LONGEST_TEXT));
  return text.length > longest || statement.length > LONGEST_TEXT ? `${text.slice(0, longest - 2)} …` : text;
}

/** The statement on one line, without secrets. */
export function onOneLine(statement: string): string {
  return redact(statement.replace(/\s+/g, ' ').trim(), Infinity);
}
