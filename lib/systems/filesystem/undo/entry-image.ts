/** The content of a file: itself while it is small, otherwise the name of its copy in the undo folder. */
export type FileContent = { readonly base64: string } | { readonly kept: string };

/** What was at a path, as JSON, so that it can be restored. */
export type EntryImage =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'file';
      readonly mode: number;
      readonly bytes: number;
      readonly content: FileContent;
    }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'folder'; readonly mode: number; readonly entries: readonly NamedImage[] }
  /** A socket, a pipe or a device, which can't be restored. */
  | { readonly kind: 'other' };

/** An entry of a folder. */
export interface NamedImage {
  readonly name: string;
  readonly image: EntryImage;
}

/** How much content one image holds itself, in bytes; larger files are copied. */
export const INLINE_BYTES = 64 * 1024;

/** Whether everything in the image can be restored. */
export function canBeRestored(image: EntryImage): boolean {
  if (image.kind === 'folder') return image.entries.every((entry) => canBeRestored(entry.image));
  return image.kind !== 'other';
}

/** One line for people: `120 bytes`, `a folder of 3`. */
export function imageText(image: EntryImage): string {
  switch (image.kind) {
    case 'file':
      return bytesText(image.bytes);
    case 'link':
      return `a link to '${image.to}'`;
    case 'folder':
      return `a folder of ${image.entries.length}`;
    default:
      return image.kind === 'none' ? 'nothing' : 'no file, folder or link';
  }
}

/** `1 byte`, `120 bytes`. */
export function bytesText(bytes: number): string {
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
}
