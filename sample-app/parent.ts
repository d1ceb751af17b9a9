const LOOK_EVERY_MS = 500;

/** npm starts the shop through a shell that keeps SIGTERM to itself: whoever stops npm means the shop. */
export function stopWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS).unref();
}
