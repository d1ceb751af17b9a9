export { MemoryAuditStore, type MemoryAuditStoreOptions } from './memory.audit-store.js';
export { MemoryDatabase, type MemoryDatabaseOptions } from './memory-database.js';
export { MemoryTable } from './memory-table.js';
export { MemoryTargetSystem } from './memory.target-system.js';
export { PlainMemoryTargetSystem } from './memory.target-system.js';
