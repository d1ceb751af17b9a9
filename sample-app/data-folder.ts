import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where the sample keeps everything; `SAMPLE_DATA` puts it elsewhere. */
export const DATA_FOLDER = process.env['SAMPLE_DATA'] ?? join(import.meta.dirname, '..', 'data');

/** Where `--fail` keeps everything, so that it finds the same beginning each time. */
export const REHEARSAL_FOLDER = join(DATA_FOLDER, 'fail');

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
}

export function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
}
