import {
  type ClassRef,
  type MethodMark,
  type MethodRole,
  readClients,
  readMethods,
  readNestInjects,
  readParameterTypes,
} from '../decorators/metadata.js';
import { joined } from '../names.js';

/** The marked methods of a change by role, and their faults. */
export interface ReadMethods {
  readonly names: Readonly<Partial<Record<MethodRole, string>>>;
  readonly faults: readonly string[];
}

const DECORATORS: Readonly<Record<MethodRole, string>> = {
  apply: '@Apply',
  rollback: '@Rollback',
  verify: '@Verify',
};
const ROLES: readonly MethodRole[] = ['apply', 'rollback', 'verify'];

/** Reads the marks of a change's methods. Of two methods with one role, the first is used. */
export function readMethodMarks(owner: ClassRef): ReadMethods {
  const marks = readMethods(owner);
  const names = ROLES.map((role) => [role, marks.find((mark) => mark.role === role)?.name] as const);
  return {
    names: Object.fromEntries(names.filter(([, name]) => name !== undefined)),
    faults: [
      ...ROLES.flatMap((role) => faultsOfRole(role, marks, owner)),
      ...sharedByRoles(marks),
      ...marks.flatMap((mark) => faultsOfMark(mark, owner)),
      ...strayClients(owner, marks),
      ...nestInjects(owner, marks),
    ],
  };
}

function faultsOfRole(role: MethodRole, marks: readonly MethodMark[], owner: ClassRef): string[] {
  const names = marks.filter((mark) => mark.role === role).map(({ name }) => `${name}()`);
  if (names.length > 1)
    return [`${names.length} methods have ${DECORATORS[role]}: ${joined(names)}; keep it on one of them`];
  if (names.length || role !== 'apply') return [];
  const base = baseWithMarks(owner);
  const hint = base
    ? ` (those of its base class ${base.name} do not count: repeat them in the class itself)`
    : '';
  return [`no method has @Apply; write @Apply() before the one that makes the change${hint}`];
}

function baseWithMarks(owner: ClassRef): ClassRef | undefined {
  const base: unknown = Object.getPrototypeOf(owner);
  if (typeof base !== 'function' || base === Function.prototype) return undefined;
  return readMethods(base as ClassRef).length ? (base as ClassRef) : baseWithMarks(base as ClassRef);
}

function sharedByRoles(marks: readonly MethodMark[]): string[] {
  return [...new Set(marks.map(({ name }) => name))].flatMap((name) => {
    const roles = [
      ...new Set(marks.filter((mark) => mark.name === name).map(({ role }) => DECORATORS[role])),
    ];
    return roles.length > 1 ? [`${name}() has ${joined(roles)}; write one method for each`] : [];
  });
}

function faultsOfMark({ role, name, isStatic }: MethodMark, owner: ClassRef): string[] {
  if (isStatic) return [`${name}() has ${DECORATORS[role]} and is static; make it a method of the instance`];
  const { value } = Object.getOwnPropertyDescriptor(owner.prototype, name) ?? {};
  return typeof value === 'function'
    ? []
    : [`${name} has ${DECORATORS[role]} and is not a method; make it one`];
}

function strayClients(owner: ClassRef, marks: readonly MethodMark[]): string[] {
  return readClients(owner).flatMap(({ method, index }) => {
    if (method === undefined)
      return [
        `@Client on constructor parameter [${index}]; clients live for one attempt: take it as a parameter of the method`,
      ];
    return marks.some(({ name }) => name === method)
      ? []
      : [
          `@Client on parameter [${index}] of ${method}(), which has none of ${joined(Object.values(DECORATORS))}; mark the method or remove it`,
        ];
  });
}

/** Nest records the index of the parameter, not the method: every method with a parameter at that index may be meant. */
function nestInjects(owner: ClassRef, marks: readonly MethodMark[]): string[] {
  return readNestInjects(owner).map((index) => {
    const methods = marks
      .filter(({ name }) => parameterCount(owner, name) > index)
      .map(({ name }) => `${name}()`);
    const where = methods.length ? ` of ${methods.join(' or ')}` : '';
    return `@Inject on method parameter [${index}]${where}: Nest supports it on constructors only; write @Client(token) for a client, take a provider by its class or in the constructor`;
  });
}

/** `Function.length` leaves out parameters with a default; the compiler's list of types has them. */
export function parameterCount(owner: ClassRef, name: string): number {
  const { value } = Object.getOwnPropertyDescriptor(owner.prototype, name) ?? {};
  const marked = readClients(owner).flatMap((mark) => (mark.method === name ? [mark.index + 1] : []));
  const declared = typeof value === 'function' ? value.length : 0;
  return Math.max(readParameterTypes(owner, name)?.length ?? declared, ...marked);
}
