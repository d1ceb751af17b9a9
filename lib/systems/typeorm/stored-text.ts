import { storedTextWhere } from '../../core/stored-text.js';

/**
 * A text as a column takes it. A database would change or refuse NUL and half a surrogate pair, and MySQL ignores a
 * blank at the end when it compares.
 */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
export const storedText = storedTextWhere(/\u0000|\p{Surrogate}|\s$/u);
