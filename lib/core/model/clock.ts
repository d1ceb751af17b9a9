/** Time and randomness. The engine has no other source of either. */
export interface Clock {
  /** Wall clock: milliseconds since 1970 UTC. */
  now(): number;
  /** Milliseconds of a clock that never goes back; only differences have a meaning. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

/** Who runs the changes, and where. */
export interface Identity {
  readonly host: string;
  readonly actor: string;
  readonly environment: string | null;
  readonly appVersion: string | null;
  /** The name in the app's package.json. */
  readonly app: string | null;
}
