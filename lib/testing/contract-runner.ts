/** What a contract suite needs of a test runner: jest and vitest have it; of node:test, hand in `(body) => before(body)`. */
export interface ContractRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>, timeoutMs?: number) => void;
  readonly beforeAll: (body: () => Promise<void>, timeoutMs?: number) => void;
  readonly afterAll: (body: () => Promise<void>, timeoutMs?: number) => void;
}

/** How long one test of a contract may take, in milliseconds: real servers on a busy machine. */
export const CONTRACT_TIMEOUT_MS = 120_000;
