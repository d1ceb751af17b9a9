/** The functions of a test runner that a contract suite needs. Jest and vitest have them; for node:test, pass `(body) => before(body)` and `(body) => after(body)`. */
export interface ContractRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>, timeoutMs?: number) => void;
  readonly beforeAll: (body: () => Promise<void>, timeoutMs?: number) => void;
  readonly afterAll: (body: () => Promise<void>, timeoutMs?: number) => void;
}

/** How long one test of a contract may take, in milliseconds. Enough for real servers on a busy machine. */
export const CONTRACT_TIMEOUT_MS = 120_000;
