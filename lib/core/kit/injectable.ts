import type { Injected, InjectionTokenOf } from '../model/injected.js';

type StoreClass<T, C, Options extends readonly unknown[]> = new (client: C, ...options: Options) => T;

type TargetClass<T, C, Options extends readonly unknown[]> = new (
  id: string,
  client: C,
  ...options: Options
) => T;

/**
 * Makes the static `inject` of an audit store, whose client is found in the container.
 *
 * @param label - the name of the class, for people
 * @param ownToken - of the client, for callers who name none
 */
export function injectable<T, C, Options extends readonly unknown[]>(
  Class: StoreClass<T, C, Options>,
  label: string,
  ownToken: InjectionTokenOf<NoInfer<C>>,
): (token?: InjectionTokenOf<C>, ...options: Options) => Injected<T, C> {
  return injectableFrom((client: C, ...options: Options) => new Class(client, ...options), label, ownToken);
}

/** As `injectable`, for what a function makes of its client. */
export function injectableFrom<T, C, Options extends readonly unknown[]>(
  make: (client: C, ...options: Options) => T,
  label: string,
  ownToken: InjectionTokenOf<NoInfer<C>>,
): (token?: InjectionTokenOf<C>, ...options: Options) => Injected<T, C> {
  return (token = ownToken, ...options) => ({ token, label, create: (client) => make(client, ...options) });
}

/**
 * Makes the static `inject` of a target system, which takes the id first.
 *
 * @param label - the name of the class, for people
 */
export function injectableTarget<T, C, Options extends readonly unknown[]>(
  Class: TargetClass<T, C, Options>,
  label: string,
): (id: string, token: InjectionTokenOf<C>, ...options: Options) => Injected<T, C>;
/** @param ownToken - of the client, for callers who name none; without it, they must name one */
export function injectableTarget<T, C, Options extends readonly unknown[]>(
  Class: TargetClass<T, C, Options>,
  label: string,
  ownToken: InjectionTokenOf<NoInfer<C>>,
): (id: string, token?: InjectionTokenOf<C>, ...options: Options) => Injected<T, C>;
export function injectableTarget<T, C, Options extends readonly unknown[]>(
  Class: TargetClass<T, C, Options>,
  label: string,
  ownToken?: InjectionTokenOf<C>,
) {
  return (id: string, token: InjectionTokenOf<C>, ...options: Options): Injected<T, C> => ({
    token: token ?? ownToken,
    label: `${label} '${id}'`,
    create: (client) => new Class(id, client, ...options),
  });
}
