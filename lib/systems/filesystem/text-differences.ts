import type { Difference } from '../../core/recipe.js';
import { bytesText, type EntryImage, imageText } from './entry-image.js';

/** How many lines of a file are told. */
const MOST_LINES = 20;

/** What replacing a file by `data` changes: line by line where both are texts that are at hand. */
export function contentDifferences(path: string, before: EntryImage, data: Uint8Array): Difference[] {
  const what = `file '${path}'`;
  if (before.kind !== 'file') return [{ what, to: bytesText(data.length) }];
  const old = 'base64' in before.content ? textOf(Buffer.from(before.content.base64, 'base64')) : undefined;
  const text = textOf(data);
  if (old === undefined || text === undefined || data.length > 64 * 1024)
    return [{ what, from: imageText(before), to: bytesText(data.length) }];
  const lines = lineDifferences(path, old.split('\n'), text.split('\n'));
  return lines.length > MOST_LINES
    ? [...lines.slice(0, MOST_LINES), { what: `${lines.length - MOST_LINES} more lines`, from: '…', to: '…' }]
    : lines;
}

/** The lines between what both have in common at their beginning and at their end. */
function lineDifferences(path: string, from: readonly string[], to: readonly string[]): Difference[] {
  const limit = Math.min(from.length, to.length);
  const head = countWhile(limit, (index) => from[index] === to[index]);
  const tail = countWhile(limit - head, (index) => from.at(-1 - index) === to.at(-1 - index));
  const [left, right] = [from.length - head - tail, to.length - head - tail];
  return Array.from({ length: Math.max(left, right) }, (_, index) => ({
    what: `'${path}' line ${head + index + 1}`,
    ...(index < left && { from: from[head + index] ?? '' }),
    ...(index < right && { to: to[head + index] ?? '' }),
  }));
}

function countWhile(limit: number, holds: (index: number) => boolean): number {
  let count = 0;
  while (count < limit && holds(count)) count += 1;
  return count;
}

function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}
