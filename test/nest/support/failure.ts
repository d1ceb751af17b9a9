import { inspect } from 'node:util';
import {
  Apply,
  Change,
  Client,
  Flamingock,
  FlamingockError,
  type FlamingockOptions,
} from 'nestjs-flamingock';
import type { AuditStore, ClientToken, TargetSystem } from 'nestjs-flamingock/kit';
import { compiled } from './apps.js';
import { KeptLog } from './log.js';

/** What a boot that fails leaves for people. */
export interface Failure {
  readonly error: FlamingockError;
  /** The states that the audit has. */
  readonly states: readonly string[];
  readonly log: readonly string[];
  /** Everything that is printed, returned or kept. */
  readonly everything: string;
}

/** Boots an app with a change that fails, and gathers what that leaves for people. */
export async function failureOf(change: new () => object, options: FlamingockOptions): Promise<Failure> {
  const log = new KeptLog();
  const app = await compiled({ providers: [change] }, options, log);
  const error: unknown = await app.init().catch((thrown: unknown) => thrown);
  if (!(error instanceof FlamingockError)) throw error;
  const entries = [];
  for await (const entry of app.get(Flamingock).history()) entries.push(entry);
  const texts = [...log.lines, JSON.stringify(error.report), JSON.stringify(entries), ...printed(error)];
  const states = entries.map(({ state }) => state);
  return { error, states, log: log.lines, everything: texts.join('\n') };
}

/** An error and its causes in each way that a program prints them. */
function printed(error: unknown, depth = 0): string[] {
  const all = [inspect(error), inspect(error, { depth: 12, showHidden: true, getters: true })];
  if (!(error instanceof Error) || depth > 8) return all;
  const { message, stack = '', cause } = error;
  return [...all, message, stack, String(error), JSON.stringify(error), ...printed(cause, depth + 1)];
}

/** How the attempt of a change is made. */
export interface Attempt {
  /** The client that it is given. */
  readonly token?: ClientToken;
  readonly transactional?: false;
}

/** A change of the target system `there` whose only attempt is `work`, done with that client. */
export function changeThat(
  work: (client: never) => unknown,
  { token, ...how }: Attempt = {},
): new () => object {
  @Change({ id: 'fails', order: '0001', author: 'team', targetSystem: 'there', rollback: 'none', ...how })
  class WithClient {
    @Apply()
    apply(@Client(token ?? '') client: never): unknown {
      return work(client);
    }
  }
  @Change({ id: 'fails', order: '0001', author: 'team', targetSystem: 'there', rollback: 'none', ...how })
  class Alone {
    @Apply()
    apply(): unknown {
      return (work as () => unknown)();
    }
  }
  return token === undefined ? Alone : WithClient;
}

/** A change that throws that. */
export function throwing(thrown: unknown): new () => object {
  // oxlint-disable-next-line prefer-promise-reject-errors -- apps throw anything
  return changeThat(() => Promise.reject(thrown));
}

/** Options of an app with one target system. */
export const on = (auditStore: AuditStore, target: TargetSystem): FlamingockOptions => ({
  auditStore,
  targetSystems: [target],
});
