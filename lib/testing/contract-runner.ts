/** What a contract suite needs of a test runner; jest, vitest and, with `before`/`after`, node:test have it. */
export interface ContractRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): void;
  beforeAll(body: () => Promise<void>, timeoutMs?: number): void;
  afterAll(body: () => Promise<void>, timeoutMs?: number): void;
}

/** How long one test of a contract may take, in milliseconds: real servers on a busy machine. */
export const CONTRACT_TIMEOUT_MS = 60_000;
