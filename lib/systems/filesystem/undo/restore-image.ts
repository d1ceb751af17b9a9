import { chmod, lstat, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyDurably, makeDirectoryDurably, syncDirectory, writeDurably } from '../files/durable.js';
import type { EntryImage } from './entry-image.js';
import { ifMissing } from '../files/node-error.js';
import { readRegular, sameFiles } from '../files/regular-file.js';
import type { UndoFolder } from './undo-folder.js';

type ImageOf<Kind extends EntryImage['kind']> = Extract<EntryImage, { kind: Kind }>;

/**
 * Restores what was at a path. Called again, it changes nothing. Does not write what is unchanged, so that it succeeds on a read-only
 * disk when there is nothing to restore.
 */
export async function restoreImage(path: string, image: EntryImage, undo: UndoFolder): Promise<void> {
  switch (image.kind) {
    case 'file':
      return restoreFile(path, image, undo);
    case 'link':
      return restoreLink(path, image);
    case 'folder':
      return restoreFolder(path, image, undo);
    case 'none':
      return removeDurably(path);
    case 'other':
  }
}

async function restoreFile(path: string, image: ImageOf<'file'>, undo: UndoFolder): Promise<void> {
  const { content, mode } = image;
  const copy = 'kept' in content ? await undo.find(content.kept) : undefined;
  // The copy is made before the effect, so without a copy nothing was changed.
  if ('kept' in content && copy === undefined) return;
  if (await isAsItWas(path, image, copy)) return;
  await removeUnless(path, 'isFile');
  const { whileUnfinished } = undo;
  if (copy !== undefined) return copyDurably(copy, path, mode, whileUnfinished);
  if ('base64' in content)
    await writeDurably(path, Buffer.from(content.base64, 'base64'), { mode, whileUnfinished });
}

async function isAsItWas(path: string, image: ImageOf<'file'>, copy: string | undefined): Promise<boolean> {
  const found = await lstat(path).catch(ifMissing(undefined));
  if (!found?.isFile() || (found.mode & 0o7777) !== image.mode || found.size !== image.bytes) return false;
  if (copy !== undefined) return sameFiles(path, copy);
  return (
    'base64' in image.content && (await readRegular(path, path)).toString('base64') === image.content.base64
  );
}

async function restoreLink(path: string, { to }: ImageOf<'link'>): Promise<void> {
  const found = await lstat(path).catch(ifMissing(undefined));
  if (found?.isSymbolicLink() && (await readlink(path)) === to) return;
  await removeDurably(path);
  await makeDirectoryDurably(dirname(path));
  await symlink(to, path);
  await syncDirectory(dirname(path));
}

async function restoreFolder(
  path: string,
  { mode, entries }: ImageOf<'folder'>,
  undo: UndoFolder,
): Promise<void> {
  await removeUnless(path, 'isDirectory');
  await makeDirectoryDurably(path);
  for (const { name, image } of entries) await restoreImage(join(path, name), image, undo);
  if (((await lstat(path)).mode & 0o7777) !== mode) await chmod(path, mode);
}

async function removeUnless(path: string, wanted: 'isFile' | 'isDirectory'): Promise<void> {
  const found = await lstat(path).catch(ifMissing(undefined));
  if (found && !found[wanted]()) await removeDurably(path);
}

async function removeDurably(path: string): Promise<void> {
  if (!(await lstat(path).catch(ifMissing(undefined)))) return;
  await rm(path, { recursive: true, force: true });
  await syncDirectory(dirname(path));
}
