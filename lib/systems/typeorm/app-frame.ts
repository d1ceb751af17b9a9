import { fileURLToPath } from 'node:url';

/** Enough to get through TypeORM's own calls, also those that are awaited. */
const FRAMES = 50;

/** A stack that is put into words only when somebody asks. */
export interface CallSite {
  readonly told: { readonly stack?: string };
  readonly raw: { readonly stack?: unknown };
}

/** A frame as V8 has it, before source maps. */
interface RawFrame {
  readonly file: string;
  readonly text: string;
}

/** Where a call comes from. @param below - the function whose caller is the first frame */
export function callSite(below: (...args: never[]) => unknown): CallSite {
  const site: CallSite = { told: {}, raw: {} };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  for (const holder of [site.told, site.raw]) Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}

/**
 * The first frame in the app's own code: in no package, not in Node itself and not in ours; undefined when there is none.
 * Whose a file is, its own name tells: source maps give packages' files names that may be anywhere.
 */
export function appFrame({ told, raw }: CallSite): string | undefined {
  const frames = rawFramesOf(raw);
  const lines = (told.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const index = frames.findIndex(({ file }) => isOfApp(file));
  const line = lines.length === frames.length ? lines[index] : frames[index]?.text;
  return line?.replace(/^\s*(?:at )?(?:async )?/, '');
}

/** The stack is put into words when it is asked for the first time, as is the custom then. */
function rawFramesOf(raw: CallSite['raw']): readonly RawFrame[] {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) =>
    sites.map((site): RawFrame => {
      const file = site.getFileName() ?? '';
      const place = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
      return { file, text: `${site.getFunctionName() ?? 'anonymous'} (${place})` };
    });
  try {
    return Array.isArray(raw.stack) ? (raw.stack as RawFrame[]) : [];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function isOfApp(file: string): boolean {
  if (!/[/\\]/.test(file) || file.startsWith('node:') || /[/\\]node_modules[/\\]/.test(file)) return false;
  return !OURS.some((root) => file.startsWith(root));
}

/** Where this package is, as an address and as a path; nowhere in a bundle, which is one file with the app. */
const OURS: readonly string[] = rootsOf(import.meta.url);

function rootsOf(here: string | undefined): string[] {
  const root = /^file:.*\/(?=systems\/typeorm\/app-frame\.[jt]s$)/.exec(here ?? '')?.[0];
  return root === undefined ? [] : [root, fileURLToPath(root)];
}
