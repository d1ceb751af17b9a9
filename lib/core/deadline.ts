import type { Clock } from './clock.js';

/** A moment on both clocks: a paused machine stops one of them, a corrected clock moves the other. */
export interface Deadline {
  readonly wall: number;
  readonly monotonic: number;
}

/** The moment `ms` milliseconds from now. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  return { wall: clock.now() + ms, monotonic: clock.monotonic() + ms };
}

/** Milliseconds left; zero or less when either clock says that it has passed. */
export function remaining(clock: Clock, { wall, monotonic }: Deadline): number {
  return Math.min(wall - clock.now(), monotonic - clock.monotonic());
}
