import type { LoggerService } from '@nestjs/common';

/** A logger that keeps what it is told, each line with its level in front. */
export class KeptLog implements LoggerService {
  readonly lines: string[] = [];

  log(message: unknown): void {
    this.keep('log', message);
  }

  warn(message: unknown): void {
    this.keep('warn', message);
  }

  error(message: unknown): void {
    this.keep('error', message);
  }

  /** All lines that contain the text. */
  with(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }

  private keep(level: string, message: unknown): void {
    this.lines.push(`${level}: ${String(message)}`);
  }
}
