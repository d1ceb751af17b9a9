import { TargetSystemError } from '../../../core/errors.js';
import type { EntryImage } from '../entry-image.js';

/** From where to where. */
export interface TransferInput {
  readonly from: string;
  readonly to: string;
  /** Whether what is at the new place may go. */
  readonly overwrite: boolean;
}

/** @throws TargetSystemError when there is something at the new place that may not go */
export function refuseOverwrite(
  call: string,
  { from, to, overwrite }: TransferInput,
  image: EntryImage,
): void {
  if (overwrite || image.kind === 'none') return;
  throw new TargetSystemError(`Cannot ${call} '${from}' to '${to}': there is something already.`, {
    fix: ['remove it first, or say { overwrite: true }'],
  });
}
