export type { CompatibilityLevel } from './compatibility-level.js';
export { IncompatibleSchemaError } from './incompatible-schema.error.js';
export type { CompatibilityVerdict, RegisteredSchema, StoredSchema } from './registry-answers.js';
export {
  SchemaRegistry,
  type DeleteOptions,
  type NormalizeOptions,
  type RegisterOptions,
} from './schema-registry.client.js';
export { SchemaRegistryError, type SchemaRegistryFailure } from './schema-registry.error.js';
export {
  SchemaRegistryTargetSystem,
  type SchemaRegistryTargetSystemOptions,
} from './schema-registry.target-system.js';
export type { SchemaReference, SchemaSource } from './schema-source.js';
