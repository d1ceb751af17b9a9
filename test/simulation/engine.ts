import { adoptTargets } from '../../lib/core/engine/on-request/adopt-targets.js';
import { resolveIssue } from '../../lib/core/engine/on-request/resolve.js';
import { undo } from '../../lib/core/engine/on-request/undo.js';
import { verifyAudit } from '../../lib/core/engine/on-request/verify-audit.js';
import { run } from '../../lib/core/engine/run.js';
import { clientGate } from '../../lib/core/kit/attempt-gate.js';
import * as errors from '../../lib/core/model/errors.js';

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
