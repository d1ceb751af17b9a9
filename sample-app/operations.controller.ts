import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { type AuditEntry, Flamingock, type Plan } from 'nestjs-flamingock';

type Line = Pick<AuditEntry, 'seq' | 'at' | 'changeId' | 'state' | 'targetSystem' | 'durationMs'>;

/** What people who run the shop want to know about its changes. */
@Controller()
export class OperationsController {
  constructor(private readonly flamingock: Flamingock) {}

  /** For a load balancer: 200 once every change is applied, 503 before. */
  @Get('health')
  health(): { status: string } {
    const { status } = this.flamingock;
    if (status !== 'ready') throw new ServiceUnavailableException({ status });
    return { status };
  }

  /** What the next run would do, change by change, and why. */
  @Get('plan')
  plan(): Promise<Plan> {
    return this.flamingock.plan();
  }

  /** The audit: everything that was ever done, newest first. */
  @Get('changes')
  async changes(): Promise<Line[]> {
    const lines: Line[] = [];
    for await (const entry of this.flamingock.history({ direction: 'newest-first', limit: 100 })) {
      const { seq, at, changeId, state, targetSystem, durationMs } = entry;
      lines.push({ seq, at, changeId, state, targetSystem, durationMs });
    }
    return lines;
  }
}
