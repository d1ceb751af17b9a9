export type { CompatibilityLevel } from './subjects/compatibility-level.js';
export { IncompatibleSchemaError } from './recipes/registration.js';
export type { CompatibilityVerdict, RegisteredSchema, StoredSchema } from './subjects/registry-answers.js';
export {
  SchemaRegistry,
  type DeleteOptions,
  type NormalizeOptions,
  type RegisterOptions,
} from './schema-registry.client.js';
export { SchemaRegistryError, type SchemaRegistryFailure } from './connection/schema-registry.error.js';
export {
  SchemaRegistryTargetSystem,
  type SchemaRegistryTargetSystemOptions,
} from './schema-registry.target-system.js';
export type { SchemaReference, SchemaSource } from './subjects/schema-source.js';
