import { once } from 'node:events';
import { createServer } from 'node:net';

/** `PORT`, else 3000; when that one is taken, 0: any free one. */
export async function choosePort(): Promise<number> {
  const wanted = Number(process.env['PORT'] ?? 3000);
  if (await isFree(wanted)) return wanted;
  console.log(`Port ${wanted} is taken, so the shop opens on another one; PORT=… chooses it.`);
  return 0;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port);
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
