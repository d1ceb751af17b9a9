import { storedTextWhere } from '../../core/kit/stored-text.js';

/**
 * Encodes a text that would not come back unchanged from a column: a database changes or refuses NUL and a lone surrogate, and MySQL
 * ignores a blank at the end in comparisons.
 */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
export const storedText = storedTextWhere(/\u0000|\p{Surrogate}|\s$/u);
