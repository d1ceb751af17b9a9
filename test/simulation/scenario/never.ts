/** Nobody asks for a stop. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
