import type { Dialect } from './dialect.js';

/** A statement, or a part of one, whose values stay apart from its text. */
export class Sql {
  /** @param texts - one more than there are values: they stand between them */
  constructor(
    readonly texts: readonly string[],
    readonly values: readonly unknown[],
  ) {}
}

/** Text that stands in a statement as it is: names and expressions of our own, never what came from outside. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** A template whose parts become parameters, or parts of the statement where they are `Sql` themselves. */
export function sql(texts: readonly string[], ...parts: readonly unknown[]): Sql {
  return parts.reduce<Sql>(
    (statement, part, index) =>
      concat(
        concat(statement, part instanceof Sql ? part : new Sql(['', ''], [part])),
        raw(texts[index + 1] ?? ''),
      ),
    raw(texts[0] ?? ''),
  );
}

/** The parts one after another, with `separator` between them. */
export function joined(parts: readonly Sql[], separator = ', '): Sql {
  const texts: string[] = [''];
  for (const [index, part] of parts.entries()) {
    texts[texts.length - 1] += `${index ? separator : ''}${part.texts[0] ?? ''}`;
    texts.push(...part.texts.slice(1));
  }
  return new Sql(
    texts,
    parts.flatMap(({ values }) => values),
  );
}

/** The text with the placeholders of a dialect. */
export function textOf({ texts }: Sql, { placeholder }: Dialect): string {
  return texts.reduce((text, next, index) => `${text}${placeholder(index)}${next}`);
}

function concat(a: Sql, b: Sql): Sql {
  const seam = `${a.texts.at(-1) ?? ''}${b.texts[0] ?? ''}`;
  return new Sql([...a.texts.slice(0, -1), seam, ...b.texts.slice(1)], [...a.values, ...b.values]);
}
