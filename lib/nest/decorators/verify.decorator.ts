import { writeMethod } from '../metadata.js';

/** Marks the method that tells whether the change is in effect: `true`, `false` or `'unknown'`. */
export function Verify(): (target: object, name: string) => void {
  return (target, name) => writeMethod('verify', target, name);
}
