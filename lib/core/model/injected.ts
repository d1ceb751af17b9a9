/**
 * The injection token of a live client: a text, a symbol or the client's class.
 *
 * `Function` is here because it is the declared return type of helpers such as `getDataSourceToken()` of `@nestjs/typeorm`.
 */
export type InjectionTokenOf<C> = string | symbol | (abstract new (...args: never[]) => C) | Function;

/**
 * A store or target system whose client is still to be injected: the client's token, and a function that makes the system.
 *
 * `X.inject(…)` of every system returns one. The module resolves it before anything runs.
 */
export interface Injected<T, C = unknown> {
  /** Looked up in the whole container. */
  readonly token: InjectionTokenOf<C>;
  /** For people, in error messages: `TypeOrmTargetSystem 'user-db'`. */
  readonly label: string;
  /** Makes the system from the live client. Opens nothing. */
  create(client: C): T;
}

/** True for what `X.inject(…)` returns, false for a system itself. */
export function isInjected<T>(value: T | Injected<T>): value is Injected<T> {
  return (
    typeof value === 'object' && value !== null && 'token' in value && 'label' in value && 'create' in value
  );
}
