/**
 * Texts of errors and redaction of secrets, for systems: what they print, keep or put into a message goes through these.
 */
export { isError, messageOf, publicText } from '../text/error-text.js';
export { pluralize } from '../text/pluralize.js';
export { LONGEST_TEXT } from '../text/printable.js';
export { redact } from '../text/redact.js';
