import type { Logger } from 'typeorm';

/** A TypeORM logger that remembers every statement. */
export class RememberingLogger implements Logger {
  readonly statements: string[] = [];

  logQuery(statement: string): void {
    this.statements.push(statement.replace(/\s+/g, ' ').trim());
  }

  /** The first word of each statement since the last call. */
  take(): string[] {
    return this.statements.splice(0).map((statement) => statement.split(' ')[0] ?? '');
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
