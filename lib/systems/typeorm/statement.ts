import { redact } from '../../core/redact.js';

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

/** `CREATE ROLE shop PASSWORD '…'`, `CREATE USER shop IDENTIFIED BY '…'`; the end may have been cut off. */
const PASSWORD =
  /\b((?:password|identified (?:by|with \S+ (?:by|as))) )(?:'(?:[^']|'')*(?:'|$)|"[^"]*(?:"|$))/gi;

/** The statement on one line, without passwords. */
export function onOneLine(statement: string): string {
  return statement.replace(/\s+/g, ' ').trim().replace(PASSWORD, "$1'***'");
}

/** Longer statements are cut, in characters. */
const LONGEST = 1_000;

/** The statement for those who look for a fault: on one line, without secrets, up to a length. */
export function tellable(statement: string): string {
  // Cut first: what is looked through must not be longer than what is told.
  const text = redact(onOneLine(statement.slice(0, 2 * LONGEST)));
  return text.length > LONGEST || statement.length > 2 * LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
