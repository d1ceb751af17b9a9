import { sdkWitnessing } from '../../core/sdk-witness.js';

/** `witnessed` runs the code of an attempt, `asOwn` what this library sends itself, beside any attempt. */
export const { witnessed, asOwn } = sdkWitnessing('a call');
