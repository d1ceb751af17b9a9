import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What there is of the effects in a folder: `change/part#attempt`. */
export function filesIn(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
}
