import { isTransactional } from '../../model/strategy.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { executeMarker } from './marker.js';
import { executePlain } from './plain.js';
import { executeShared } from './shared.js';

/** Executes one change by its strategy. @throws when the run cannot go on: the lease is lost, the store refuses or is silent */
export async function execute(execution: Execution, task: Task): Promise<TaskResult> {
  const { target, step } = task;
  if (step.strategy === 'plain' || !isTransactional(target)) return executePlain(execution, task);
  return step.strategy === 'shared'
    ? executeShared(execution, task, target)
    : executeMarker(execution, task, target);
}
