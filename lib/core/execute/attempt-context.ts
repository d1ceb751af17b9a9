import { ChangeContext, type ChangeLogger } from '../change.js';
import type { EngineSettings } from '../settings.js';
import type { AttemptScope } from '../target-system.js';

/** What a change is told while one of its methods runs. */
export class AttemptContext extends ChangeContext {
  readonly changeId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly logger: ChangeLogger;

  constructor(
    scope: AttemptScope,
    private readonly settings: Pick<EngineSettings, 'emit' | 'loggerFor'>,
    override readonly isPreview = false,
  ) {
    super();
    this.changeId = scope.changeId;
    this.executionId = scope.executionId;
    this.attempt = scope.attempt;
    this.signal = scope.signal;
    this.logger = settings.loggerFor(scope.changeId);
  }

  progress(done: number, total?: number, note?: string): void {
    const { executionId, changeId } = this;
    this.settings.emit({ type: 'change-progress', executionId, changeId, done, total, note });
  }
}
