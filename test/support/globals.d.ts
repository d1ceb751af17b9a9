export {};

declare global {
  /** Set by jest's global setup for its teardown. */
  var stopTestServers: (() => Promise<void>) | undefined;
}
