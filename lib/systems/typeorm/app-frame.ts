import { fileURLToPath } from 'node:url';

/** How many frames a stack has: enough to reach the app's code behind TypeORM's own calls, also awaited ones. */
const FRAMES = 50;

/** A stack whose text is made only when it is read. */
export interface CallSite {
  readonly printed: { readonly stack?: string };
  readonly raw: { readonly stack?: unknown };
}

/** A frame of V8, without source maps. */
interface RawFrame {
  readonly file: string;
  readonly text: string;
}

/** The stack of the current call. @param below - the function whose caller is the first frame */
export function callSite(below: (...args: never[]) => unknown): CallSite {
  const site: CallSite = { printed: {}, raw: {} };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  for (const holder of [site.printed, site.raw]) Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}

/**
 * The first frame in the app's own code: in no package, not in Node.js and not in this library; undefined when there is none.
 * The file's name without source maps decides: a source map may give a package's file any name.
 */
export function appFrame({ printed, raw }: CallSite): string | undefined {
  const frames = rawFramesOf(raw);
  const lines = (printed.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const index = frames.findIndex(({ file }) => isOfApp(file));
  const line = lines.length === frames.length ? lines[index] : frames[index]?.text;
  return line?.replace(/^\s*(?:at )?(?:async )?/, '');
}

/** Reads the frames. V8 calls `prepareStackTrace` when a stack is read for the first time. */
function rawFramesOf(raw: CallSite['raw']): readonly RawFrame[] {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) =>
    sites.map((site): RawFrame => {
      const file = site.getFileName() ?? '';
      const location = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
      return { file, text: `${site.getFunctionName() ?? 'anonymous'} (${location})` };
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

/** The folder of this package, as a URL and as a path; empty in a bundle, where library and app are one file. */
const OURS: readonly string[] = rootsOf(import.meta.url);

function rootsOf(here: string | undefined): string[] {
  const root = /^file:.*\/(?=systems\/typeorm\/app-frame\.[jt]s$)/.exec(here ?? '')?.[0];
  return root === undefined ? [] : [root, fileURLToPath(root)];
}
