import type { ClientToken } from '../../core/target-system.js';
import { writeClient } from '../metadata.js';

/**
 * Marks a method parameter of a change that takes a client of its target system:
 * the one of that name or class, or without a token the main client.
 */
export function Client(...token: [] | [token: ClientToken]): ParameterDecorator {
  return (target, key, index) =>
    writeClient(target, {
      method: key === undefined ? undefined : String(key),
      index,
      main: token.length === 0,
      token: token[0],
    });
}
