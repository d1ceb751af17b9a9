import { chmod, lstat, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyDurably, makeDirectoryDurably, syncDirectory, writeDurably } from './durable.js';
import type { EntryImage } from './entry-image.js';
import { ifMissing } from './node-error.js';
import type { UndoFolder } from './undo-folder.js';

/** Makes what is at a path what it was. Done twice, the same state. */
export async function restoreImage(path: string, image: EntryImage, undo: UndoFolder): Promise<void> {
  switch (image.kind) {
    case 'file':
      return restoreFile(path, image, undo);
    case 'link':
      await removeDurably(path);
      await makeDirectoryDurably(dirname(path));
      await symlink(image.to, path);
      return syncDirectory(dirname(path));
    case 'folder':
      await removeUnless(path, 'isDirectory');
      await makeDirectoryDurably(path);
      for (const { name, image: entry } of image.entries) await restoreImage(join(path, name), entry, undo);
      return chmod(path, image.mode);
    case 'none':
      return removeDurably(path);
    case 'other':
  }
}

async function restoreFile(
  path: string,
  { content, mode }: Extract<EntryImage, { kind: 'file' }>,
  undo: UndoFolder,
): Promise<void> {
  const copy = 'kept' in content ? await undo.find(content.kept) : undefined;
  // The copy is made before the effect: without one, all is as it was.
  if ('kept' in content && copy === undefined) return;
  await removeUnless(path, 'isFile');
  if (copy !== undefined) return copyDurably(copy, path, mode);
  if ('base64' in content) await writeDurably(path, Buffer.from(content.base64, 'base64'), mode);
}

async function removeUnless(path: string, wanted: 'isFile' | 'isDirectory'): Promise<void> {
  const found = await lstat(path).catch(ifMissing(undefined));
  if (found && !found[wanted]()) await removeDurably(path);
}

async function removeDurably(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (await lstat(dirname(path)).catch(ifMissing(undefined))) await syncDirectory(dirname(path));
}
