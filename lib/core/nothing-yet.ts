import type { AuditSnapshot } from './audit-store.js';
import { EMPTY_CHAIN } from './hash-chain.js';

/** What a store says before it was opened. */
export const NOTHING_YET: AuditSnapshot = {
  ready: false,
  storeId: null,
  token: 0,
  head: EMPTY_CHAIN,
  last: EMPTY_CHAIN,
  settled: { seq: 0, digests: [] },
  holder: null,
  latest: [],
};
