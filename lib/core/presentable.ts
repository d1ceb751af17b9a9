import type { PreviewedOperation } from './previewed-operation.js';
import type { Difference } from './recipe.js';
import { publicText } from './error-text.js';
import { redact } from './redact.js';

/** How long one text of a preview may be, in characters. */
const LONGEST = 300;

/** An operation as people may see it: each text on one line and not too long, secrets taken out. Pure. */
export function presentable(operation: PreviewedOperation): PreviewedOperation {
  const { summary, differences, irreversible, untried } = operation;
  return {
    summary: line(summary),
    ...(differences && { differences: differences.map(publicDifference) }),
    ...(irreversible !== undefined && { irreversible: line(irreversible) }),
    ...(untried !== undefined && { untried: line(untried) }),
  };
}

function publicDifference({ what, from, to }: Difference): Difference {
  const hide = isSecret(what) ? () => '***' : line;
  return {
    what: line(what),
    ...(from !== undefined && { from: hide(from) }),
    ...(to !== undefined && { to: hide(to) }),
  };
}

/** Whether a value of that name is a secret. */
function isSecret(name: string): boolean {
  const pair = `${name}=x`;
  return redact(pair) !== pair;
}

function line(text: string): string {
  const one = publicText(text).replace(/\s*\n+\s*/g, ' ');
  return one.length > LONGEST ? `${one.slice(0, LONGEST - 1)}…` : one;
}
