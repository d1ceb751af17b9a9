import { AsyncLocalStorage } from 'node:async_hooks';

/** What an SDK client is about to send. */
export interface SdkCall {
  /** The SDK's name of the command: `PutItemCommand`. */
  readonly command: string;
  readonly input: unknown;
}

/** An attempt that has a say in what its code sends through a client. */
export interface SdkWitness {
  readonly client: { readonly middlewareStack: SdkStack };
  /** Lets `send` happen, or throws. */
  admit<T>(call: SdkCall, send: () => Promise<T>): Promise<T>;
}

/** The middleware of a client of the AWS SDK (version 3), as far as it is used here. */
export interface SdkStack {
  add(middleware: SdkMiddleware, place: typeof BEFORE_ALL_OTHERS): void;
}

/** What the stack of every such client takes. */
export type SdkMiddleware = <A extends { readonly input: unknown }, R>(
  next: (args: A) => Promise<R>,
  context: { readonly commandName?: string },
) => (args: A) => Promise<R>;

/** What a technology does with the calls that pass its clients. */
export interface SdkWitnessing {
  /**
   * Runs the code of an attempt so that every call that it sends is admitted by the attempt, also through the client that a
   * service of the app holds: the asynchronous context tells whose it is. Not seen: another client, and code whose context
   * was lost.
   */
  witnessed<T>(witness: SdkWitness, work: () => T): T;
  /** Runs what this library sends itself, within an attempt or not. */
  asOwn<T>(work: () => T): T;
}

const BEFORE_ALL_OTHERS = {
  step: 'initialize',
  priority: 'high',
  name: 'flamingockWitness',
  override: true,
} as const;

/** Lets attempts judge what is sent through clients of one technology. @param unnamed - stands for the name of a command without one */
export function sdkWitnessing(unnamed: string): SdkWitnessing {
  const current = new AsyncLocalStorage<SdkWitness | undefined>();
  const watched = new WeakSet<SdkStack>();
  return {
    witnessed(witness, work) {
      const { middlewareStack: stack } = witness.client;
      // It stays: a promise that an attempt forgot is still told apart after its end. For everybody else it costs a look at the context.
      if (!watched.has(stack)) stack.add(witnessing(stack, current, unnamed), BEFORE_ALL_OTHERS);
      watched.add(stack);
      return current.run(witness, work);
    },
    asOwn: (work) => current.run(undefined, work),
  };
}

function witnessing(
  stack: SdkStack,
  current: AsyncLocalStorage<SdkWitness | undefined>,
  unnamed: string,
): SdkMiddleware {
  return (next, { commandName: command = unnamed }) =>
    async (args) => {
      const witness = current.getStore();
      if (witness?.client.middlewareStack !== stack) return next(args);
      return witness.admit({ command, input: args.input }, () => next(args));
    };
}
