import { type ChildProcess, spawn } from 'node:child_process';
import { compiledFile } from '../../support/compiled.mjs';

/** How a process ended, and all it said. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A script of this folder in a process of its own. */
export class Child {
  private output = '';
  private readonly process: ChildProcess;
  private readonly ended: Promise<ChildEnd>;

  constructor(script: string, environment: Readonly<Record<string, string>>) {
    this.process = spawn(process.execPath, [compiledFile(`test/nest/support/${script}`)], {
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code, signal) => resolve({ code, signal, output: this.output }));
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Waits until the process has said this. @throws when it ends before */
  async until(text: string): Promise<void> {
    let isOver = false;
    void this.ended.then(() => (isOver = true));
    while (!this.output.includes(text)) {
      if (isOver) throw new Error(`The process ended before it said '${text}':\n${this.output}`);
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  send(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  end(): Promise<ChildEnd> {
    return this.ended;
  }
}
