import { AsyncLocalStorage } from 'node:async_hooks';
import { WaitsForItselfError } from '../../core/model/errors.js';
import type { Modules } from './container.js';

/** A running call of a change's method, and the call around it: a change can boot another app with changes of its own. */
interface Call {
  readonly app: Modules;
  readonly location: string;
  readonly outer: Call | undefined;
  isOver: boolean;
}

const calls = new AsyncLocalStorage<Call>();

/** Calls a method of a change of this app. Until it ends, `requireOutsideChange` refuses every call that it leads to. */
export async function insideChange(app: Modules, location: string, work: () => unknown): Promise<unknown> {
  const call: Call = { app, location, outer: calls.getStore(), isOver: false };
  try {
    return await calls.run(call, async () => work());
  } finally {
    // Timers and connections that the change has created keep this context after its end.
    call.isOver = true;
  }
}

/** @throws WaitsForItselfError when `what` is called, however indirectly, by a change of this app that is still running */
export function requireOutsideChange(app: Modules, what: string): void {
  for (let call = calls.getStore(); call; call = call.outer)
    if (call.app === app && !call.isOver) throw waitsForItself(call, what);
}

function waitsForItself({ location }: Call, what: string): WaitsForItselfError {
  return new WaitsForItselfError(
    `${what} was called within the change ${location}, and would wait until that change has ended: for itself.`,
    {
      fix: [
        `remove the call from what ${location} does, also from the services that it uses: what stands before it in the plan is applied when it begins`,
        'let something else than a change call it: a controller, a script, onApplicationBootstrap',
      ],
    },
  );
}
