import type { AuditSnapshot } from './audit-store.js';
import { EMPTY_CHAIN } from './hash-chain.js';

/** What there is to read where an audit store was never opened. */
export const NOTHING_YET: AuditSnapshot = { ready: false, latest: [], head: EMPTY_CHAIN, holder: null };
