import { type ImportEdge, type SourceFacts, targetOf } from './sources.js';

/** Readers of other tools' records: these are few, and what their rows look like is no promise of ours. */
const NOT_FOR_AUTHORS = /^core\/kit\/import\//;

/**
 * What systems import of the core and neither the root door nor `nestjs-flamingock/kit` exports: an author outside of this
 * package could not build them.
 */
export function missingFromDoors(imports: readonly ImportEdge[]): string[] {
  const exported = new Set(imports.filter(({ file }) => DOORS.includes(file)).flatMap(namesOf));
  const used = imports.filter((edge) => {
    const target = targetOf(edge) ?? '';
    return edge.file.startsWith('systems/') && target.startsWith('core/') && !NOT_FOR_AUTHORS.test(target);
  });
  return used.flatMap((edge) =>
    namesOf(edge)
      .filter((name) => !exported.has(name))
      .map(
        (name) => `lib/${edge.file}:${edge.line} uses ${name}. To fix: export it from lib/core/kit/index.ts`,
      ),
  );
}

const DOORS: readonly string[] = ['index.ts', 'core/kit/index.ts'];

function namesOf(edge: ImportEdge): string[] {
  return edge.names.map((name) => `${name} of lib/${targetOf(edge)}`);
}

/** Names that a public door exports and that have no docstring where they are declared. */
export function undocumented(sources: readonly SourceFacts[]): string[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const declaring = (file: string, name: string): SourceFacts | undefined => {
    const source = byFile.get(file);
    const through = source?.imports.find((edge) => edge.isExport && edge.names.includes(name));
    return through ? declaring(targetOf(through) ?? '', name) : source;
  };
  const exported = sources
    .filter(({ file }) => file.endsWith('index.ts'))
    .flatMap(({ imports }) => imports.filter(({ isExport }) => isExport))
    .flatMap((edge) => edge.names.map((name) => ({ name, source: declaring(targetOf(edge) ?? '', name) })));
  const bare = exported.filter(({ name, source }) => !source?.documented.includes(name));
  return [...new Set(bare.map(({ name, source }) => `lib/${source?.file}: ${name} has no docstring`))];
}
