import { adoptTargets } from '../../lib/core/adopt-targets.js';
import { clientGate } from '../../lib/core/client-gate.js';
import * as errors from '../../lib/core/errors.js';
import { resolveIssue } from '../../lib/core/resolve.js';
import { run } from '../../lib/core/run.js';
import { undo } from '../../lib/core/undo.js';
import { verifyAudit } from '../../lib/core/verify-audit.js';

/** The engine under test: what the simulation calls of it, and the classes that it knows errors by. */
export interface Engine {
  readonly run: typeof run;
  readonly undo: typeof undo;
  readonly resolveIssue: typeof resolveIssue;
  readonly adoptTargets: typeof adoptTargets;
  readonly verifyAudit: typeof verifyAudit;
  readonly clientGate: typeof clientGate;
  readonly errors: typeof errors;
}

/** The engine as it is shipped. */
export const ENGINE: Engine = {
  run,
  undo,
  resolveIssue,
  adoptTargets,
  verifyAudit,
  clientGate,
  errors,
};
