/** What a client of kafkajs is called in messages. */
export type ClientKind = 'admin' | 'producer' | 'consumer' | 'transaction';

/** Lets calls of a client happen, or throws. */
export interface CallPolicy {
  /** Before a call that is done at once. */
  pass(kind: ClientKind, method: string, call: string): void;
  /** Asked once more after a connection was made, which takes its time. */
  guard(): void;
  perform<T>(kind: ClientKind, method: string, call: string, work: () => Promise<T>): Promise<T>;
}

/** What stands behind a guarded client. */
export interface GuardedParts<C> {
  readonly kind: ClientKind;
  readonly policy: CallPolicy;
  /** Opens nothing. */
  client(): C;
  /** Awaited before each call. */
  ready?(): Promise<unknown>;
  /** Methods that are done another way. */
  readonly instead?: Readonly<Record<string, () => Promise<void>>>;
  /** What a method's result is given out as. */
  wrap?(method: string, result: unknown): unknown;
}

/** They reach no broker. */
const FREE = new Set(['on', 'logger', 'isIdempotent', 'isActive', 'paused']);
const AT_ONCE = new Set(['seek', 'pause', 'resume']);

/** The same client, every call of which is let through by the policy. */
export function guardedClient<C extends object>(parts: GuardedParts<C>): C {
  return new Proxy({} as C, {
    get(_, name): unknown {
      const client = parts.client();
      const value: unknown = Reflect.get(client, name);
      if (typeof value !== 'function' || typeof name !== 'string' || FREE.has(name)) return value;
      return (...args: unknown[]): unknown => callThrough(parts, name, args, () => value.apply(client, args));
    },
    has: (_, name) => name in parts.client(),
  });
}

function callThrough<C>(
  { kind, policy, ready, instead, wrap }: GuardedParts<C>,
  method: string,
  args: readonly unknown[],
  call: () => unknown,
): unknown {
  const text = `${kind}.${method}(${topicOf(args[0])})`;
  if (AT_ONCE.has(method)) {
    policy.pass(kind, method, text);
    return call();
  }
  return policy.perform(kind, method, text, async () => {
    const own = instead?.[method];
    if (own) return own();
    if (ready) {
      await ready();
      policy.guard();
    }
    const result: unknown = await call();
    return wrap ? wrap(method, result) : result;
  });
}

/** Something to know a call by. */
function topicOf(argument: unknown): string {
  if (typeof argument === 'string') return `'${argument}'`;
  const named = typeof argument === 'object' && argument !== null && 'topic' in argument;
  return named && typeof argument.topic === 'string' ? `topic '${argument.topic}'` : '';
}
