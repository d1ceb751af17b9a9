import { posix } from 'node:path';
import { groupBy } from '../../lib/core/model/group-by.js';
import { type SourceFacts, targetOf } from './sources.js';

/** How large and how small files, functions and folders may be. */
export const SIZES = { fileLines: 250, functionLines: 50, folderFiles: 18, crumbLines: 40 } as const;

/** Files that are too long, each with what to do. */
export function longFiles(sources: readonly SourceFacts[]): string[] {
  return sources
    .filter(({ lines }) => lines > SIZES.fileLines)
    .map(
      ({ file, lines }) =>
        `lib/${file}: ${lines} lines, at most ${SIZES.fileLines}. To fix: move one noun of it to a file of its own`,
    );
}

/** Functions that are too long, each with what to do. */
export function longFunctions(sources: readonly SourceFacts[]): string[] {
  return sources.flatMap(({ file, functions }) =>
    functions
      .filter(({ lines }) => lines > SIZES.functionLines)
      .map(
        ({ line, lines }) =>
          `lib/${file}:${line}: a function of ${lines} lines, at most ${SIZES.functionLines}. To fix: give one step of it a name`,
      ),
  );
}

/** Folders with too many files of their own, each with what to do. */
export function crowdedFolders(sources: readonly SourceFacts[]): string[] {
  const folders = groupBy(sources, ({ file }) => posix.dirname(file));
  return [...folders]
    .filter(([, files]) => files.length > SIZES.folderFiles)
    .map(
      ([folder, files]) =>
        `lib/${folder}: ${files.length} files, at most ${SIZES.folderFiles}. To fix: merge what changes together, or make a named folder of some`,
    );
}

/** Small files that only one neighbour in their folder imports, each with where it belongs. */
export function crumbs(sources: readonly SourceFacts[]): string[] {
  const importers = importersOf(sources);
  return sources.flatMap(({ file, lines }) => {
    const [only, ...others] = importers.get(file) ?? [];
    if (lines >= SIZES.crumbLines || only === undefined || others.length > 0) return [];
    if (posix.dirname(only) !== posix.dirname(file) || posix.basename(only) === 'index.ts') return [];
    return [`lib/${file}: ${lines} lines, and only ${only} imports it. To fix: move it into that file`];
  });
}

/** Who imports each file. A file that a door imports is public. */
function importersOf(sources: readonly SourceFacts[]): Map<string, ReadonlySet<string>> {
  const edges = sources.flatMap(({ imports }) => imports);
  const targets = groupBy(edges, (edge) => targetOf(edge) ?? edge.module);
  return new Map([...targets].map(([target, own]) => [target, new Set(own.map(({ file }) => file))]));
}
