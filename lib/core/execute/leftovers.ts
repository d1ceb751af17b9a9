/** Markers that have served: to be removed by the next transaction on their target system, or when the run ends. */
export class Leftovers {
  private readonly byTarget = new Map<string, Set<string>>();

  add(target: string, changeIds: readonly string[]): void {
    const ids = this.byTarget.get(target) ?? new Set();
    for (const id of changeIds) ids.add(id);
    this.byTarget.set(target, ids);
  }

  of(target: string): readonly string[] {
    return [...(this.byTarget.get(target) ?? [])];
  }

  removed(target: string, changeIds: readonly string[]): void {
    for (const id of changeIds) this.byTarget.get(target)?.delete(id);
  }

  targets(): readonly string[] {
    return [...this.byTarget].filter(([, { size }]) => size > 0).map(([target]) => target);
  }
}
