import { isError, messageOf } from './error-text.js';

/** How many frames are shown. */
const MOST_FRAMES = 6;
/** How many errors are read: a chain of causes may be endless. */
const MOST_LINKS = 10;
/** Separates the problem from what to do in a message of this library. */
const FIX = '\nTo fix:\n';

/** The folder of this library, as in stack traces: under `node_modules` for users, elsewhere in its own tests and sample. */
const OWN_FOLDER = /([^\s(]+)[/\\]core[/\\]text[/\\]public-stack\.[jt]s:/.exec(
  new Error('where').stack ?? '',
)?.[1];

/** The message of anything thrown, without its `To fix:` lines: for messages with a fix of their own. */
export function problemOf(error: unknown): string {
  const message = messageOf(error);
  const end = message.indexOf(FIX);
  return end < 0 ? message : message.slice(0, end);
}

/**
 * The stack of an error that has a cause: its own text, the frames in the app's code, and what the causes say beyond that text,
 * secrets redacted.
 *
 * @param own - the original stack of the error
 */
export function publicStack(head: string, own: string, cause: unknown): string {
  const links = linksOf(cause);
  const stacks = [...links.map(({ stack = '' }) => stack), own];
  const frames = stacks.map(appFrames).find(({ length }) => length > 0);
  const others = links.map(problemLine).filter((line) => !head.includes(line.replace(/^\w+: /, '')));
  return [
    head,
    ...(frames ?? framesOf(stacks[0] ?? '')).slice(0, MOST_FRAMES),
    ...[...new Set(others)].map((line) => `Caused by: ${line}`),
  ].join('\n');
}

/** The error, what an AggregateError holds, and their causes. */
function linksOf(error: unknown): readonly Error[] {
  const links: Error[] = [];
  const left = [error];
  while (left.length && links.length < MOST_LINKS) {
    const next = left.shift();
    if (!isError(next) || links.includes(next)) continue;
    links.push(next);
    left.push(...(next instanceof AggregateError ? next.errors : []), next.cause);
  }
  return links;
}

function problemLine(error: Error): string {
  return `${error.name}: ${problemOf(error).split('\n', 1)[0]}`;
}

/** The frames of the app's own code, without those of packages and of this library. */
function appFrames(stack: string): readonly string[] {
  return framesOf(stack).filter(
    (line) =>
      !line.includes('node_modules') && (OWN_FOLDER === undefined || !line.includes(`${OWN_FOLDER}/`)),
  );
}

/** The frames of a stack without those of Node.js itself. */
function framesOf(stack: string): readonly string[] {
  return stack.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line) && !/[ (]node:/.test(line));
}
