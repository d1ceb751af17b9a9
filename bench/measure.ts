/** One thing to be timed: `prepare` is not part of the time. */
export interface Contender {
  readonly name: string;
  readonly prepare: () => Promise<() => Promise<unknown>>;
}

/** What a contender took, in milliseconds. */
export interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
}

/** Times the contenders in turns, so that whatever else the machine does meets all of them; the first round is not counted. */
export async function measure(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [index, contender] of contenders.entries()) {
      const work = await contender.prepare();
      const begun = performance.now();
      await work();
      if (round > 0) times[index]?.push(performance.now() - begun);
    }
  return contenders.map(({ name }, index) => summarise(name, times[index] ?? []));
}

function summarise(name: string, times: readonly number[]): Measured {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? NaN;
  return { name, medianMs: at(0.5), fastestMs: at(0), slowestMs: at(1) };
}

/** A line for each contender; the ratio is to the first one. */
export function table(title: string, measured: readonly Measured[]): string {
  const base = measured[0]?.medianMs ?? NaN;
  const lines = measured.map(({ name, medianMs, fastestMs, slowestMs }) => {
    const range = `${fastestMs.toFixed(1)} … ${slowestMs.toFixed(1)}`;
    return `  ${name.padEnd(34)} ${medianMs.toFixed(1).padStart(9)} ms   ${range.padStart(18)}   × ${(medianMs / base).toFixed(2)}`;
  });
  return [title, ...lines].join('\n');
}
