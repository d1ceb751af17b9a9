import { type SourceFacts, targetOf } from './sources.js';

/** A group of files that import each other, directly or through others; type-only imports count. */
export type Circle = readonly string[];

/** Every group of files that import each other: the strongly connected components of the imports, by Tarjan's algorithm. */
export function circlesIn(sources: readonly SourceFacts[]): Circle[] {
  const imports = new Map(sources.map((source) => [source.file, source.imports.map(targetOf)]));
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: Circle[] = [];

  /** @returns the earliest visited file that is reachable from this one and not yet in a finished group */
  const visit = (file: string): number => {
    const position = order.size;
    order.set(file, position);
    open.push(file);
    let earliest = position;
    for (const next of imports.get(file) ?? []) {
      if (next === undefined || !imports.has(next)) continue;
      if (!order.has(next)) earliest = Math.min(earliest, visit(next));
      else if (open.includes(next)) earliest = Math.min(earliest, order.get(next) ?? position);
    }
    if (earliest < position) return earliest;
    const group = open.splice(open.indexOf(file));
    if (group.length > 1 || imports.get(file)?.includes(file)) circles.push(group);
    return Infinity;
  };

  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** What to do about each circle; its files in alphabetical order, so that a message stays what it is. */
export function circleMessages(circles: readonly Circle[]): string[] {
  return circles.map((circle) => {
    const [first, ...others] = circle.toSorted();
    return `lib/${first} imports itself through ${others.join(', ') || 'nothing else'}. To fix: move what these files share to a file that imports none of them`;
  });
}
