import { storedTextWhere } from '../../core/stored-text.js';

/**
 * A text as an item takes it. DynamoDB or a client's marshalling options may change an empty text, NUL and half a
 * surrogate pair.
 */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
export const storedText = storedTextWhere(/^$|\u0000|\p{Surrogate}/u);
