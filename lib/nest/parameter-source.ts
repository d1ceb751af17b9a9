import type { ChangeContext } from '../core/change.js';
import type { Clients } from '../core/target-system.js';

/** Where the value of a method parameter comes from once the method is called. */
export type ParameterSource = (clients: Clients, context: ChangeContext) => unknown;

/** The source of a parameter, or what is wrong with it and what to write instead. */
export type ReadParameter = { readonly source: ParameterSource } | { readonly fault: string };
