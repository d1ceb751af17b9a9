import type { AuditState } from '../../model/audit-entry.js';
import type { ChangeDefinition, ChangeMethod, Verdict } from '../../model/change.js';
import type { MarkerKind } from '../../model/target-system.js';

/** How applying and undoing a change differ. */
export interface Operation {
  readonly name: 'apply' | 'undo';
  readonly methodOf: (change: ChangeDefinition) => ChangeMethod | undefined;
  /** The state when it is done. */
  readonly done: AuditState;
  /** The state that a rolled back transaction leaves. */
  readonly reverted: AuditState;
  readonly marker: MarkerKind;
  /** Why a verdict contradicts what was done; undefined when it does not. */
  readonly contradiction: (verdict: Verdict) => string | undefined;
}

export const APPLY: Operation = {
  name: 'apply',
  methodOf: ({ apply }) => apply,
  done: 'APPLIED',
  reverted: 'ROLLED_BACK',
  marker: 'applied',
  contradiction: (verdict) =>
    verdict === true
      ? undefined
      : verdict === false
        ? '@Apply returned, but @Verify says that the change is not in effect'
        : '@Apply returned, but @Verify could not tell whether the change is in effect',
};

export const UNDO: Operation = {
  name: 'undo',
  methodOf: ({ rollback }) => rollback,
  done: 'ROLLED_BACK',
  reverted: 'APPLIED',
  marker: 'undone',
  contradiction: (verdict) =>
    verdict === true ? '@Rollback returned, but @Verify says that the change is still in effect' : undefined,
};
