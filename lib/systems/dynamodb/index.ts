export { DynamoDbAuditStore, type DynamoDbAuditStoreOptions } from './dynamodb.audit-store.js';
export { DynamoDbTargetSystem, type DynamoDbTargetSystemOptions } from './dynamodb.target-system.js';
export { TransactionWriter, type TransactionWrite } from './target/transaction-writer.js';
