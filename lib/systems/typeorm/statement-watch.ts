import { TargetSystemError } from '../../core/model/errors.js';
import type { NotePreviewed } from '../../core/model/recipe.js';
import type { Dialect } from './dialect.js';
import { previewRule, type PreviewRule } from './preview-rules.js';
import { onOneLine, shorten } from './statement.js';

/** Sees every statement of a preview before it is sent. */
export interface StatementWatch {
  /** @returns true when the statement was reported and must not be sent. @throws TargetSystemError when it is refused */
  withholds(statement: string): boolean;
  /** Called when a statement is about to go to the driver. @throws TargetSystemError when it must not be sent */
  sends(statement: string): void;
  /** Called when a statement failed, perhaps before it was sent: it is reported, too. */
  failed(statement: string): void;
}

/** Reports to `note` what a change sends, and withholds what a rollback would not undo. */
export function statementWatch(dialect: Dialect, note: NotePreviewed): StatementWatch {
  let last: string | undefined;
  const report = (statement: string): void => {
    last = statement;
    note({ summary: onOneLine(statement) });
  };
  const ruleFor = (statement: string): PreviewRule => {
    const rule = previewRule(statement, dialect);
    if (rule.kind === 'refuse') throw endsTransaction(statement);
    return rule;
  };
  return {
    withholds(statement) {
      const rule = ruleFor(statement);
      if (rule.kind !== 'withhold') return false;
      note({ summary: onOneLine(statement), untried: rule.why });
      return true;
    },
    sends(statement) {
      const rule = ruleFor(statement);
      if (rule.kind === 'withhold') throw cannotAnswer(statement, rule.why);
      if (rule.kind === 'try') report(statement);
    },
    failed(statement) {
      if (last !== statement && previewRule(statement, dialect).kind === 'try') report(statement);
    },
  };
}

function endsTransaction(statement: string): TargetSystemError {
  return new TargetSystemError(
    `A statement would end the transaction that the preview rolls back, so it was not sent: ${shorten(statement)}`,
    {
      fix: [
        'let the change begin and end transactions by its QueryRunner; then they are nested in a preview',
      ],
    },
  );
}

function cannotAnswer(statement: string, why: string): TargetSystemError {
  return new TargetSystemError(
    `A statement went to the connection itself, where a preview cannot keep it back (${why}): ${shorten(statement)}`,
    { fix: ['send it by queryRunner.query(…)'] },
  );
}
