import type { Dialect } from './dialect.js';

/** A statement, or a part of one. Its values are parameters, apart from its text. */
export class Sql {
  /** @param texts - the texts before, between and after the values: one more than there are values */
  constructor(
    readonly texts: readonly string[],
    readonly values: readonly unknown[],
  ) {}
}

/** Text that becomes part of a statement unchanged. Only for this library's own names and expressions, never for input. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** A template. Its parts become parameters; those that are `Sql` become parts of the statement. */
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

/** Joins the parts, with `separator` between them. */
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

/** The text of the statement, with the placeholders of a dialect. */
export function textOf({ texts }: Sql, { placeholder }: Dialect): string {
  return texts.reduce((text, next, index) => `${text}${placeholder(index)}${next}`);
}

function concat(a: Sql, b: Sql): Sql {
  const seam = `${a.texts.at(-1) ?? ''}${b.texts[0] ?? ''}`;
  return new Sql([...a.texts.slice(0, -1), seam, ...b.texts.slice(1)], [...a.values, ...b.values]);
}

/** A row as the driver gives it; big integers come as texts, or as the app has configured its driver. */
export type Row = Readonly<Record<string, string | number | bigint | null | undefined>>;

/** What a statement did. */
export interface Outcome {
  readonly rows: readonly Row[];
  /** How many rows it wrote; 0 for a statement that gives rows. */
  readonly written: number;
}
