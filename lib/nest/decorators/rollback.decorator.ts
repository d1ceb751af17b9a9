import { writeMethod } from '../metadata.js';

/** Marks the method that takes the change back where no transaction can; also used by `undo`. */
export function Rollback(): (target: object, name: string) => void {
  return (target, name) => writeMethod('rollback', target, name);
}
