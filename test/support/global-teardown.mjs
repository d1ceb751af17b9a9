/** Stops what the setup started, whether the tests passed or not. */
export default async function globalTeardown() {
  await globalThis.stopTestServers?.();
}
