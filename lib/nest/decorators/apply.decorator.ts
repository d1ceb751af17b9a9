import { writeMethod } from '../metadata.js';

/** Marks the one method that makes the change. */
export function Apply(): (target: object, name: string) => void {
  return (target, name) => writeMethod('apply', target, name);
}
