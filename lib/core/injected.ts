/**
 * What a framework is asked for to find a live client: a text, a symbol or the client's class.
 *
 * `Function` is what helpers such as `getDataSourceToken()` of `@nestjs/typeorm` say that they return.
 */
export type InjectionTokenOf<C> = string | symbol | (abstract new (...args: never[]) => C) | Function;

/**
 * A store or target system whose client is not at hand yet: a token to look it up, and what to make of it.
 *
 * `X.inject(…)` of every system returns one; the module resolves it before anything runs.
 */
export interface Injected<T, C = unknown> {
  /** Looked up in the whole container. */
  readonly token: InjectionTokenOf<C>;
  /** For people, in error messages: `TypeOrmTargetSystem 'user-db'`. */
  readonly label: string;
  /** Makes the system of the live client. Opens nothing. */
  create(client: C): T;
}

/** Tells a description of a system from the system itself. */
export function isInjected<T>(value: T | Injected<T>): value is Injected<T> {
  return (
    typeof value === 'object' && value !== null && 'token' in value && 'label' in value && 'create' in value
  );
}
