import { storedTextWhere } from '../../core/stored-text.js';

/** A text as a document takes it. BSON would change half a surrogate pair. */
export const storedText = storedTextWhere(/\p{Surrogate}/u);
