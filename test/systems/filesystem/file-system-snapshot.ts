import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** All that is below a folder: a line with kind, permissions and content for each entry. */
export async function snapshot(folder: string, below = '.'): Promise<string[]> {
  const lines = [];
  for (const name of (await readdir(join(folder, below))).sort()) {
    const path = join(below, name);
    lines.push(await entryLine(folder, path), ...(await entriesOf(folder, path)));
  }
  return lines;
}

async function entriesOf(folder: string, path: string): Promise<string[]> {
  return (await lstat(join(folder, path))).isDirectory() ? snapshot(folder, path) : [];
}

async function entryLine(folder: string, path: string): Promise<string> {
  const found = await lstat(join(folder, path));
  if (found.isSymbolicLink()) return `${path} -> ${await readlink(join(folder, path))}`;
  const mode = (found.mode & 0o7777).toString(8);
  return found.isDirectory()
    ? `${path}/ ${mode}`
    : `${path} ${mode} ${(await readFile(join(folder, path))).toString('base64')}`;
}
