import type { DataSource, Logger } from 'typeorm';

/** What a database is sent by a DataSource, whoever sends it: seen below the app's logger, which is not told of our own. */
export class SentStatements {
  readonly #texts: string[] = [];

  /** An option of the DataSource: better-sqlite3 is asked past TypeORM. */
  readonly verbose = (text: unknown): void => {
    if (!String(text).startsWith('PRAGMA busy_timeout')) this.#note(String(text));
  };

  watch({ options, subscribers }: DataSource): void {
    if (options.type === 'better-sqlite3') return;
    subscribers.push({ beforeQuery: ({ query }) => this.#note(query) });
  }

  /** The first word of each statement since the last call. */
  take(): string[] {
    return this.#texts.splice(0).map((statement) => statement.split(' ')[0] ?? '');
  }

  #note(text: string): void {
    this.#texts.push(text.replace(/\s+/g, ' ').trim());
  }
}

/** What TypeORM prints of statements with `logging: true`. */
export class RememberingLogger implements Logger {
  readonly printed: string[] = [];

  logQuery(statement: string): void {
    this.printed.push(statement);
  }

  logQueryError(_error: unknown, statement: string): void {
    this.printed.push(`failed: ${statement}`);
  }

  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
