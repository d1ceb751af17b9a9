import { Injectable } from '@nestjs/common';
import type { ChangeOptions } from '../change-options.js';
import { tellWhenForgotten } from '../forgotten-changes.js';
import { writeChange } from '../metadata.js';

/** Makes an injectable class a change; list it in the `providers` of any module. */
export function Change(options: ChangeOptions): ClassDecorator {
  return (target) => {
    Injectable()(target);
    writeChange(target, options);
    tellWhenForgotten(target.prototype as object);
  };
}
