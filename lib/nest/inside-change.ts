import { AsyncLocalStorage } from 'node:async_hooks';
import { WaitsForItselfError } from '../core/errors.js';
import type { Modules } from './container.js';

/** A call of a change's method that is going on, and the one that it was made within: apps can stand within each other. */
interface Call {
  readonly app: Modules;
  readonly place: string;
  readonly outer: Call | undefined;
  isOver: boolean;
}

const calls = new AsyncLocalStorage<Call>();

/** Calls a method of a change of this app, so that what it leads to can be told from other calls until it has ended. */
export async function insideChange(app: Modules, place: string, work: () => unknown): Promise<unknown> {
  const call: Call = { app, place, outer: calls.getStore(), isOver: false };
  try {
    return await calls.run(call, async () => work());
  } finally {
    // Timers and connections that the change has made keep the context for ever.
    call.isOver = true;
  }
}

/** @throws WaitsForItselfError when `what` is called, however indirectly, by a change of this app that is still running */
export function requireOutsideChange(app: Modules, what: string): void {
  for (let call = calls.getStore(); call; call = call.outer)
    if (call.app === app && !call.isOver) throw waitsForItself(call, what);
}

function waitsForItself({ place }: Call, what: string): WaitsForItselfError {
  return new WaitsForItselfError(
    `${what} was called within the change ${place}, and would wait until that change has ended: for itself.`,
    {
      fix: [
        `remove the call from what ${place} does, also from the services that it uses: what stands before it in the plan is applied when it begins`,
        'let something else than a change call it: a controller, a script, onApplicationBootstrap',
      ],
    },
  );
}
