import { chmod, lstat, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectoryDurably, syncDirectory, writeDurably } from './durable.js';
import type { EntryImage } from './entry-image.js';
import { ifMissing } from './node-error.js';
import type { UndoFolder } from './undo-folder.js';

/** Makes what is at a path what it was. Done twice, the same state. */
export async function restoreImage(path: string, image: EntryImage, undo: UndoFolder): Promise<void> {
  if (!(await hasKind(path, image.kind))) await removeDurably(path);
  switch (image.kind) {
    case 'file': {
      const { content, mode } = image;
      const source = 'kept' in content ? await undo.find(content.kept) : undefined;
      // Without a copy the effect never began, for the copy is made before it.
      if ('kept' in content && source === undefined) return;
      const data = 'kept' in content ? await readFile(source ?? '') : Buffer.from(content.base64, 'base64');
      return writeDurably(path, data, mode);
    }
    case 'link':
      await removeDurably(path);
      await makeDirectoryDurably(dirname(path));
      await symlink(image.to, path);
      return syncDirectory(dirname(path));
    case 'folder':
      await makeDirectoryDurably(path);
      for (const { name, image: entry } of image.entries) await restoreImage(join(path, name), entry, undo);
      return chmod(path, image.mode);
    default:
  }
}

async function hasKind(path: string, kind: EntryImage['kind']): Promise<boolean> {
  const found = await lstat(path).catch(ifMissing(undefined));
  if (!found) return true;
  return (kind === 'file' && found.isFile()) || (kind === 'folder' && found.isDirectory());
}

async function removeDurably(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (await lstat(dirname(path)).catch(ifMissing(undefined))) await syncDirectory(dirname(path));
}
