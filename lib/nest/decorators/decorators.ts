import { Injectable } from '@nestjs/common';
import type { ClientToken } from '../../core/model/target-system.js';
import { warnWhenForgotten } from '../explore/forgotten-changes.js';
import type { ChangeOptions } from './change-options.js';
import { writeChange, writeClient, writeMethod } from './metadata.js';

/** Marks the method that applies the change. A change has exactly one. */
export function Apply(): (target: object, name: string) => void {
  return (target, name) => writeMethod('apply', target, name);
}

/** Makes an injectable class a change; list it in the `providers` of any module. */
export function Change(options: ChangeOptions): ClassDecorator {
  return (target) => {
    Injectable()(target);
    writeChange(target, options);
    warnWhenForgotten(target.prototype as object);
  };
}

/**
 * Marks a method parameter of a change that receives a client of the change's target system:
 * the client with this name or class, or the main client when there is no token.
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

/** Marks the method that reverses the change where no transaction can. `undo` calls it as well. */
export function Rollback(): (target: object, name: string) => void {
  return (target, name) => writeMethod('rollback', target, name);
}

/** Marks the method that answers whether the change is in effect: `true`, `false` or `'unknown'`. */
export function Verify(): (target: object, name: string) => void {
  return (target, name) => writeMethod('verify', target, name);
}
