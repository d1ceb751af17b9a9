import type { SchemaInfo } from '@confluentinc/schemaregistry';
import { TargetSystemError } from '../../core/errors.js';

/** Another schema that a schema uses. */
export interface SchemaReference {
  /** As the schema names it: the full name of a record (Avro), a URL (JSON Schema), the file of an import (Protobuf). */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as a change writes it. The library's `SchemaInfo` is one. */
export interface SchemaSource {
  /** The text of the schema; an object is written as JSON. */
  readonly schema: string | object;
  /** @default 'AVRO' */
  readonly schemaType?: 'AVRO' | 'JSON' | 'PROTOBUF' | (string & {});
  /** @default none */
  readonly references?: readonly SchemaReference[];
  /** Tags and properties, where the registry has them. */
  readonly metadata?: SchemaInfo['metadata'];
  /** Rules of a data contract, where the registry has them. */
  readonly ruleSet?: SchemaInfo['ruleSet'];
}

/** A schema as it is sent to the registry; JSON. */
export interface SentSchema extends SchemaSource {
  readonly schema: string;
}

/** What is sent for a schema: nothing that the registry would have to guess, and nothing that it does not know. */
export function sentSchema(source: SchemaSource): SentSchema {
  const { schema, schemaType, references, metadata, ruleSet } = source;
  return {
    schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
    ...(schemaType !== undefined && schemaType !== 'AVRO' && { schemaType }),
    ...(references && references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
  };
}

/** @throws TargetSystemError when it is blank */
export function checkedSubject(subject: string): string {
  if (subject.trim() !== '') return subject;
  throw new TargetSystemError('A subject of a schema registry has a blank name.', {
    fix: ['name it after what it describes: the values of the topic orders are orders-value'],
  });
}
