import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The command that creates a table, for somebody who may. */
export function createCommand(definition: CreateTableCommandInput): string {
  return `aws dynamodb create-table --cli-input-json '${JSON.stringify(definition)}'`;
}
