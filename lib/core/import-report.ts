/** A row that became an audit entry. */
export interface ImportedChange {
  readonly changeId: string;
  /** What the other tool calls it. */
  readonly name: string;
}

/** A row that became none, and why. */
export interface IgnoredRow {
  readonly name: string;
  /**
   * `left-out`: the map answered null; `unknown` and `failed`: because they were allowed; `struck-out`: the tool was told
   * to forget it, and the code lacks it too.
   */
  readonly reason: 'left-out' | 'unknown' | 'failed' | 'rolled-back' | 'struck-out';
}

/** What an import did, or with `dryRun` would do. */
export interface ImportReport {
  readonly executionId: string;
  /** The tool and the place. */
  readonly source: string;
  readonly dryRun: boolean;
  /** How many rows were read. */
  readonly rows: number;
  readonly imported: readonly ImportedChange[];
  /** Ids of changes about which the audit knows better already. */
  readonly alreadyKnown: readonly string[];
  readonly ignored: readonly IgnoredRow[];
  /** What else is worth knowing, in sentences: that times have no zone, or that the record does not exist. */
  readonly notes: readonly string[];
}
