/** The only place that writes and reads metadata of classes: a class's own, never what it inherits. */
import 'reflect-metadata';
import type { ClientToken } from '../core/target-system.js';
import type { ChangeOptions } from './change-options.js';

/** What a method of a change is for. */
export type MethodRole = 'apply' | 'rollback' | 'verify';

/** A method marked by `@Apply`, `@Rollback` or `@Verify`. */
export interface MethodMark {
  readonly role: MethodRole;
  readonly name: string;
  readonly isStatic: boolean;
}

/** A parameter marked by `@Client`. */
export interface ClientMark {
  /** Undefined on a constructor. */
  readonly method: string | undefined;
  readonly index: number;
  /** `@Client()`: the main client. */
  readonly main: boolean;
  /** Undefined with `main: false` when a circular import left nothing to ask for. */
  readonly token: ClientToken | undefined;
}

/** A class, as metadata is kept on it. */
export type ClassRef = abstract new (...args: never[]) => unknown;

const CHANGE = 'flamingock:change';
const METHODS = 'flamingock:methods';
const CLIENTS = 'flamingock:clients';
/** TypeScript's own: the types of a method's parameters. */
const PARAMETER_TYPES = 'design:paramtypes';
/** Nest's own: on a prototype it can only come from `@Inject` on a method parameter. */
const NEST_INJECT = 'self:paramtypes';

/** What a decorator of a member is given: the prototype, or the class itself for a static member and a constructor. */
function classOf(target: object): object {
  return typeof target === 'function' ? target : target.constructor;
}

function listOf(key: string, owner: object): readonly unknown[] {
  const list: unknown = Reflect.getOwnMetadata(key, owner);
  return Array.isArray(list) ? list : [];
}

function append(key: string, owner: object, item: unknown): void {
  Reflect.defineMetadata(key, [...listOf(key, owner), item], owner);
}

export function writeChange(target: object, options: ChangeOptions): void {
  // JavaScript lets a decorator be called without its argument.
  Reflect.defineMetadata(CHANGE, options ?? {}, target);
}

/** The options of the class's own `@Change`; whatever was written, for the caller to check. */
export function readChange(owner: ClassRef): unknown {
  return Reflect.getOwnMetadata(CHANGE, owner);
}

export function writeMethod(role: MethodRole, target: object, name: string): void {
  append(METHODS, classOf(target), {
    role,
    name,
    isStatic: typeof target === 'function',
  } satisfies MethodMark);
}

export function readMethods(owner: ClassRef): readonly MethodMark[] {
  return listOf(METHODS, owner) as readonly MethodMark[];
}

export function writeClient(target: object, mark: ClientMark): void {
  append(CLIENTS, classOf(target), mark);
}

export function readClients(owner: ClassRef): readonly ClientMark[] {
  return listOf(CLIENTS, owner) as readonly ClientMark[];
}

/** The types of a method's parameters at run time; undefined when the compiler emitted none. */
export function readParameterTypes(owner: ClassRef, method: string): readonly unknown[] | undefined {
  const types: unknown = Reflect.getOwnMetadata(PARAMETER_TYPES, owner.prototype as object, method);
  return Array.isArray(types) ? types : undefined;
}

/** Indices of method parameters that carry Nest's `@Inject`; which method, Nest forgets. */
export function readNestInjects(owner: ClassRef): readonly number[] {
  return (listOf(NEST_INJECT, owner.prototype as object) as readonly { readonly index: number }[]).map(
    ({ index }) => index,
  );
}

/** A throw-away class whose constructor takes one instance of `type`, for Nest to create. */
export function classThatTakes<T>(
  type: abstract new (...args: never[]) => T,
): new (value: T) => { readonly value: T } {
  class Taker {
    constructor(readonly value: T) {}
  }
  Reflect.defineMetadata(PARAMETER_TYPES, [type], Taker);
  return Taker;
}
