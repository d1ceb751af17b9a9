import { AsyncLocalStorage } from 'node:async_hooks';

/** A call that an SDK client is about to send. */
export interface SdkCall {
  /** The SDK's name of the command: `PutItemCommand`. */
  readonly command: string;
  readonly input: unknown;
}

/** Decides about the calls that the code of an attempt sends through a client. */
export interface SdkInterceptor {
  readonly client: { readonly middlewareStack: SdkStack };
  /** Sends the call by `send`. @throws when the call must not happen */
  admit<T>(call: SdkCall, send: () => Promise<T>): Promise<T>;
}

/** The middleware stack of a client of the AWS SDK (version 3), as far as it is used here. */
export interface SdkStack {
  add(middleware: SdkMiddleware, location: typeof BEFORE_ALL_OTHERS): void;
}

/** A middleware that fits every such stack. */
export type SdkMiddleware = <A extends { readonly input: unknown }, R>(
  next: (args: A) => Promise<R>,
  context: { readonly commandName?: string },
) => (args: A) => Promise<R>;

/** How the clients of one technology are intercepted. */
export interface SdkInterception {
  /**
   * Runs the code of an attempt so that `interceptor.admit` is asked about every call that the code sends, also when a service of the
   * app sends it through the same client. The asynchronous context tells to which attempt a call belongs. Does not see other clients,
   * and code that lost its context.
   */
  intercepted<T>(interceptor: SdkInterceptor, work: () => T): T;
  /** Runs code whose calls no attempt is asked about: those of this library itself. */
  asOwn<T>(work: () => T): T;
}

const BEFORE_ALL_OTHERS = {
  step: 'initialize',
  priority: 'high',
  name: 'flamingockInterceptor',
  override: true,
} as const;

/** Makes the interception for one technology. @param unnamed - used as the name of a command that has none */
export function sdkInterception(unnamed: string): SdkInterception {
  const current = new AsyncLocalStorage<SdkInterceptor | undefined>();
  const watched = new WeakSet<SdkStack>();
  return {
    intercepted(interceptor, work) {
      const { middlewareStack: stack } = interceptor.client;
      // The middleware stays, so that a call of a forgotten promise is still recognised after the attempt.
      if (!watched.has(stack)) stack.add(intercepting(stack, current, unnamed), BEFORE_ALL_OTHERS);
      watched.add(stack);
      return current.run(interceptor, work);
    },
    asOwn: (work) => current.run(undefined, work),
  };
}

function intercepting(
  stack: SdkStack,
  current: AsyncLocalStorage<SdkInterceptor | undefined>,
  unnamed: string,
): SdkMiddleware {
  return (next, { commandName: command = unnamed }) =>
    async (args) => {
      const interceptor = current.getStore();
      if (interceptor?.client.middlewareStack !== stack) return next(args);
      return interceptor.admit({ command, input: args.input }, () => next(args));
    };
}
