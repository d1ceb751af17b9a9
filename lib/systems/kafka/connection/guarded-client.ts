import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientGate } from '../../../core/kit/attempt-gate.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { AttemptScope } from '../../../core/model/target-system.js';
import { lastAnswer } from './kafka-errors.js';

/** How a client of kafkajs is named in messages. */
export type ClientKind = 'admin' | 'producer' | 'consumer' | 'transaction';

/** Decides for each call of a client whether it may happen. */
export interface CallPolicy {
  /** For a synchronous call. @throws when it must not happen */
  pass(kind: ClientKind, method: string, call: string): void;
  /** Asked again after connecting, which takes a while. @throws when the call must not happen */
  guard(): void;
  perform<T>(kind: ClientKind, method: string, call: string, work: () => Promise<T>): Promise<T>;
}

/** What a guarded client is made of. */
export interface GuardedParts<C> {
  readonly kind: ClientKind;
  readonly policy: CallPolicy;
  /** The real client. No I/O. */
  client(): C;
  /** Awaited before each call. */
  ready?(): Promise<unknown>;
  /** Replacements for some methods of the client. */
  readonly instead?: Readonly<Record<string, () => Promise<void>>>;
  /** Wraps a method's result before the caller gets it. */
  wrap?(method: string, result: unknown): unknown;
}

/** Methods that reach no broker. */
const FREE = new Set(['on', 'logger', 'isIdempotent', 'isActive', 'paused']);
const AT_ONCE = new Set(['seek', 'pause', 'resume']);

/** A proxy of a client: each call first asks the policy. */
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

/** The topic that a call is about, to name the call in messages. */
function topicOf(argument: unknown): string {
  if (typeof argument === 'string') return `'${argument}'`;
  const named = typeof argument === 'object' && argument !== null && 'topic' in argument;
  return named && typeof argument.topic === 'string' ? `topic '${argument.topic}'` : '';
}

/** Allows every call that the gate allows. */
export function guardedCalls(gate: ClientGate, scope: AttemptScope): CallPolicy {
  return {
    guard: () => scope.guard(),
    pass: (_kind, _method, call) => gate.pass(call),
    perform: (_kind, _method, call, work) => gate.perform(call, work),
  };
}

/** Allows the calls that the gate allows and that only read. */
export function readingCalls(gate: ClientGate): CallPolicy {
  const refuseWrites = (kind: string, method: string, call: string): void => {
    const reads = kind === 'admin' && /^(?:connect|disconnect|list\w*|describe\w*|fetch\w*)$/.test(method);
    if (!reads) throw notPreviewed(call);
  };
  return {
    guard: () => {},
    pass(kind, method, call) {
      gate.pass(call);
      refuseWrites(kind, method, call);
    },
    perform: (kind, method, call, work) =>
      gate.perform(call, async () => {
        refuseWrites(kind, method, call);
        return work();
      }),
  };
}

/** Waits before a call is repeated, in milliseconds. */
const PAUSES = [50, 100, 200, 400];

/**
 * Allows every call, and repeats one that fails because some topic is being created or deleted: before each call, kafkajs reads the
 * metadata of all topics of the cluster. Only for calls that may be repeated.
 */
export function patientCalls(): CallPolicy {
  return {
    guard: () => {},
    pass: () => {},
    async perform(_kind, method, _call, work) {
      for (const pause of PAUSES)
        try {
          return await work();
        } catch (error) {
          const asksForOne = method === 'fetchTopicMetadata';
          if (asksForOne || lastAnswer(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
          await sleep(pause);
        }
      return work();
    },
  };
}

function notPreviewed(call: string): TargetSystemError {
  return new TargetSystemError(`A preview can't tell what this would do, and does not do it: ${call}`, {
    fix: ['use KafkaTopics where it has the operation: those can be previewed'],
  });
}
