import { TargetSystemError } from '../../core/errors.js';
import type { CompatibilityLevel } from './compatibility-level.js';

/** What the registry refuses, and why. */
export interface Incompatibility {
  readonly subject: string;
  /** The latest one; absent when the subject has none. */
  readonly version?: number;
  readonly level: CompatibilityLevel;
  /** As the registry says them; empty when it gives none. */
  readonly reasons: readonly string[];
}

/** A schema is not compatible with what its subject has. Nothing was registered. */
export class IncompatibleSchemaError extends TargetSystemError {
  readonly subject: string;
  readonly version: number | undefined;
  readonly level: CompatibilityLevel;
  readonly reasons: readonly string[];

  constructor({ subject, version, level, reasons }: Incompatibility) {
    const against = version === undefined ? `subject '${subject}'` : `version ${version} of '${subject}'`;
    const told = reasons.length > 0 ? reasons : ['the registry gives no reasons for a check'];
    super(
      `The schema is not compatible with ${against} at level ${level}; nothing was registered:\n${told.map((reason) => `  - ${reason}`).join('\n')}`,
      {
        fix: [
          'change the schema: a new field with a default, for example, is compatible both ways',
          "or, where all who read and write are ready for it, register it with a looser { compatibility: 'NONE' } and tighten that in the next change",
        ],
      },
    );
    this.subject = subject;
    this.version = version;
    this.level = level;
    this.reasons = reasons;
  }
}
