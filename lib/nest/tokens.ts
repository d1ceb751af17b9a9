/** Under it stand the options of `FlamingockModule`. */
export const FLAMINGOCK_OPTIONS = Symbol('FLAMINGOCK_OPTIONS');
