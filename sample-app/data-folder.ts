import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where the sample keeps everything; `SAMPLE_DATA` puts it elsewhere. */
export const DATA_FOLDER = process.env['SAMPLE_DATA'] ?? join(import.meta.dirname, '..', 'data');

/** Where `--fail` and `--crash` keep everything, so that they find the same beginning each time. */
export const REHEARSAL_FOLDER = join(DATA_FOLDER, 'rehearsal');

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
}

export function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
}
