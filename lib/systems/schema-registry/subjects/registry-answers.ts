import type { CompatibilityLevel } from './compatibility-level.js';
import type { SchemaReference } from './schema-source.js';

/** A schema in the registry. */
export interface RegisteredSchema {
  readonly subject: string;
  /** Version number within the subject, from 1. */
  readonly version: number;
  /** Id of the schema in the whole registry, which messages carry. Absent in a preview of a new schema. */
  readonly id?: number;
}

/** A schema in the registry, with its text. */
export interface StoredSchema extends RegisteredSchema {
  readonly id: number;
  readonly schema: string;
  /** Absent for Avro. */
  readonly schemaType?: string;
  /** Absent or empty when it uses no other schema. */
  readonly references?: readonly SchemaReference[];
}

/** Whether a schema may become the next version of a subject. */
export interface CompatibilityVerdict {
  readonly compatible: boolean;
  /** Why not, in the registry's words. Some registries give reasons only when they refuse a registration. */
  readonly reasons: readonly string[];
}

/** The compatibility level of a subject. */
export interface SubjectLevel {
  /** The subject's own level; absent when the registry's counts. */
  readonly own?: CompatibilityLevel;
  /** The level that counts. */
  readonly effective: CompatibilityLevel;
}
