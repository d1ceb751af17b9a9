import type { CompatibilityLevel } from './compatibility-level.js';
import type { SchemaReference } from './schema-source.js';

/** A schema in the registry. */
export interface RegisteredSchema {
  readonly subject: string;
  /** Of the subject, from 1. */
  readonly version: number;
  /** Of the schema, in the whole registry: what messages carry. Absent in a preview of a schema that is not there yet. */
  readonly id?: number;
}

/** A schema in the registry, with its text. */
export interface StoredSchema extends RegisteredSchema {
  readonly id: number;
  readonly schema: string;
  /** Absent for Avro. */
  readonly schemaType?: string;
  /** Absent, or empty, when it uses no other. */
  readonly references?: readonly SchemaReference[];
}

/** Whether a schema may become the next version of a subject. */
export interface CompatibilityVerdict {
  readonly compatible: boolean;
  /** Why not, as the registry says it; some registries say so only when they refuse a registration. */
  readonly reasons: readonly string[];
}

/** The level of a subject. */
export interface SubjectLevel {
  /** Its own; absent when it goes by the registry's. */
  readonly own?: CompatibilityLevel;
  /** The one that counts. */
  readonly effective: CompatibilityLevel;
}
