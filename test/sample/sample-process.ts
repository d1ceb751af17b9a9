import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');

/** How a command ended, and everything it printed. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A command that a stranger types, running. */
export class SampleProcess {
  private text = '';
  private readonly ended: Promise<Ended>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    this.ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      output: this.output,
    }));
  }

  /** `npm run sample -- …flags`. */
  static start(dataFolder: string, flags: readonly string[] = []): SampleProcess {
    return SampleProcess.spawn(dataFolder, 'npm', [
      'run',
      'sample',
      ...(flags.length ? ['--', ...flags] : []),
    ]);
  }

  /** What `npm run sample` runs once it has built everything. */
  static startBuilt(
    dataFolder: string,
    flags: readonly string[],
    variables: NodeJS.ProcessEnv = {},
  ): SampleProcess {
    return SampleProcess.spawn(
      dataFolder,
      process.execPath,
      ['sample-app/dist/main.js', ...flags],
      variables,
    );
  }

  /** In a process group of its own, as a terminal gives it one. */
  private static spawn(
    dataFolder: string,
    command: string,
    args: readonly string[],
    variables: NodeJS.ProcessEnv = {},
  ): SampleProcess {
    const stranger = { ...withoutServers(process.env), NO_COLOR: '1', NODE_OPTIONS: '' };
    const env = { ...stranger, SAMPLE_DATA: dataFolder, PORT: '0', ...variables };
    return new SampleProcess(
      spawn(command, args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  get output(): string {
    return this.text;
  }

  /** Waits for what the command prints. @throws Error when the command ends without it */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      const ended = await Promise.race([this.ended, setTimeout(50)]);
      if (ended && !pattern.test(ended.output))
        throw new Error(`npm run sample ended (${ended.code}) without ${String(pattern)}:\n${ended.output}`);
    }
  }

  end(): Promise<Ended> {
    return this.ended;
  }

  /** Stops npm alone, as a supervisor does that knows no other process. */
  stopNpm(): void {
    this.child.kill('SIGTERM');
  }

  /** What Ctrl-C does in a terminal, by another signal: every process of the group gets it. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    const { pid, exitCode, signalCode } = this.child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
    return this.ended;
  }
}

/** The servers of the tests are none that a stranger has. */
function withoutServers(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/_URL$|_BROKERS$|^S3_/.test(name)));
}
