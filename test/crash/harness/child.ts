import { fork, type ChildProcess } from 'node:child_process';
import { compiledFile } from '../../support/compiled.mjs';
import type { DatabaseSpec, FromChild, Job, JobResult, ToChild } from '../app/messages.js';
import { Lanes } from './lanes.js';

/** How long anything that a child is asked for may take, its wait for a lease included. */
const PATIENCE_MS = 40_000;

/** Starting is what costs a processor: where many start at once, those that run already would lose their leases. */
const STARTS = new Lanes(2);

/** A real process. Whatever happens in a test, `killAll` leaves none behind. */
export class Child {
  private readonly heard: FromChild[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly exited: Promise<void>;
  private output = '';
  private ended: string | undefined;

  private constructor(
    private readonly process: ChildProcess,
    private readonly name: string,
  ) {
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    process.on('message', (message) => this.changed(() => this.heard.push(message as FromChild)));
    this.exited = new Promise((resolve) => {
      process.on('exit', (code, signal) => {
        this.changed(() => (this.ended = `ended (${signal ?? `exit code ${code}`})`));
        resolve();
      });
    });
  }

  /** Starts a script of the app and waits until it is up, and has loaded the drivers of these databases. */
  static start(
    script: 'worker' | 'racer',
    name: string,
    alive: Set<Child>,
    databases: readonly DatabaseSpec[] = [],
  ): Promise<Child> {
    return STARTS.run(async () => {
      const drivers = databases.map((spec) => JSON.stringify(spec));
      // Without the options that jest's own process was started with.
      const file = compiledFile(`test/crash/app/${script}.ts`);
      const child = new Child(fork(file, drivers, { execArgv: [], silent: true }), name);
      alive.add(child);
      await child.hear('being up', ({ type }) => type === 'ready');
      return child;
    });
  }

  say(message: ToChild): void {
    this.process.send(message);
  }

  /** What it has said until now counts no more. */
  forget(): void {
    this.heard.length = 0;
  }

  /** Gives the child a job; its answers to earlier jobs are forgotten. */
  begin(job: Job): void {
    this.forget();
    this.say({ type: 'job', job });
  }

  /** Resolves when the child has announced the step. */
  async reached(step: string): Promise<void> {
    await this.hear(`the step '${step}'`, (message) => message.type === 'step' && message.step === step);
  }

  /** Resolves when the child has announced the step that many times more than it has until now. */
  async reachedAgain(step: string, times: number): Promise<void> {
    const count = (): number => this.heard.filter((it) => it.type === 'step' && it.step === step).length;
    const wanted = count() + times;
    await this.hear(`the step '${step}' ${times} times more`, () => count() >= wanted);
  }

  /** What became of the job. */
  async result(): Promise<JobResult> {
    const message = await this.hear('a result', ({ type }) => type === 'result');
    if (message.type !== 'result') throw new Error(`${this.name}: no result`);
    return message.result;
  }

  async do(job: Job): Promise<JobResult> {
    this.begin(job);
    return this.result();
  }

  /** Resolves with the first message that `wanted` accepts. @throws when the child ends, breaks or is done before, or takes too long */
  async hear(what: string, wanted: (message: FromChild) => boolean): Promise<FromChild> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const message = this.heard.find(wanted);
      if (message) return message;
      const failure = this.ended ?? this.failure();
      if (failure) throw new Error(this.tell(`${failure} before ${what}`));
      if (Date.now() >= deadline) throw new Error(this.tell(`${what} has not come in ${PATIENCE_MS} ms`));
      await this.nextChange(deadline - Date.now());
    }
  }

  /** True when it has ended its last job, and well. */
  get isIdle(): boolean {
    return this.ended === undefined && this.heard.some(({ type }) => type === 'result');
  }

  /** SIGKILL: it cannot be caught. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  /** SIGSTOP: the process stands still until `resume`, its connections stay open. */
  freeze(): void {
    this.process.kill('SIGSTOP');
  }

  /** SIGCONT, and it goes on from the step where it stays. @returns what becomes of its job */
  thaw(): Promise<JobResult> {
    this.say({ type: 'go' });
    this.process.kill('SIGCONT');
    return this.result();
  }

  private failure(): string | undefined {
    const broken = this.heard.find(({ type }) => type === 'broken');
    if (broken?.type === 'broken') return `broke: ${broken.error}`;
    const result = this.heard.find(({ type }) => type === 'result');
    return result && `was done (${JSON.stringify(result)})`;
  }

  private changed(change: () => void): void {
    change();
    for (const listener of this.listeners) listener();
  }

  private async nextChange(withinMs: number): Promise<void> {
    let listener: (() => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.listeners.add((listener = resolve));
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
    if (listener) this.listeners.delete(listener);
  }

  private tell(what: string): string {
    const steps = this.heard.flatMap((message) => (message.type === 'step' ? [message.step] : []));
    return `The process '${this.name}' ${what}. Its steps: ${steps.join(', ') || 'none'}. Its output: ${this.output || 'none'}`;
  }
}

/** Ends what is left of these processes. */
export async function killAll(children: Iterable<Child>): Promise<void> {
  await Promise.all([...children].map((child) => child.kill()));
}
