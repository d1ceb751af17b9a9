import 'reflect-metadata';
import type { ClientToken } from '../../core/model/target-system.js';
import type { ChangeOptions } from './change-options.js';

/** All reading and writing of class metadata is in this file. Only a class's own metadata counts, not what it inherits. */

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
  /** Undefined with `main: false` when a circular import made the token undefined. */
  readonly token: ClientToken | undefined;
}

/** A class that metadata is kept on. */
export type ClassRef = abstract new (...args: never[]) => unknown;

const CHANGE = 'flamingock:change';
const METHODS = 'flamingock:methods';
const CLIENTS = 'flamingock:clients';
/** TypeScript's own: the types of a method's parameters. */
const PARAMETER_TYPES = 'design:paramtypes';
/** Nest's own: on a prototype it can only come from `@Inject` on a method parameter. */
const NEST_INJECT = 'self:paramtypes';

/** A decorator of a member receives the prototype; for a static member or a constructor it receives the class itself. */
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

/** The options of the class's own `@Change`, unchecked. */
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

/** Indices of method parameters with Nest's `@Inject`. Nest does not record which method they belong to. */
export function readNestInjects(owner: ClassRef): readonly number[] {
  return (listOf(NEST_INJECT, owner.prototype as object) as readonly { readonly index: number }[]).map(
    ({ index }) => index,
  );
}

/** A class whose constructor takes one instance of `type`. Nest creates it, and so resolves `type`. */
export function classThatTakes<T>(
  type: abstract new (...args: never[]) => T,
): new (value: T) => { readonly value: T } {
  class Taker {
    constructor(readonly value: T) {}
  }
  Reflect.defineMetadata(PARAMETER_TYPES, [type], Taker);
  return Taker;
}
