import { sdkWitnessing } from '../../core/sdk-witness.js';

/**
 * `witnessed` runs the code of an attempt, `asOwn` what this library sends itself, within an attempt or not.
 *
 * The document client and the `DynamoDBClient` below it have one stack of middleware, where a request is seen.
 */
export const { witnessed, asOwn } = sdkWitnessing('a request');
