/** A request that is about to be sent. */
export interface Request {
  /** The SDK's name of the command: `PutItemCommand`. */
  readonly command: string;
  readonly input: unknown;
}

const READS = /^(Get|BatchGet|Query|Scan|TransactGet|Describe|List)/;
const STATEMENTS = /^(ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)/;

/** True for a request that changes nothing. An unknown command counts as a write. */
export function isRead({ command, input }: Request): boolean {
  if (STATEMENTS.test(command)) {
    const found = statementsOf(input);
    return found.length > 0 && found.every((text) => /^\s*select\b/i.test(text));
  }
  return READS.test(command);
}

/** The command and its tables, for messages. Without values, which may be secret. */
export function describeRequest({ command, input }: Request): string {
  const names = tablesOf(input);
  return `${command.replace(/Command$/, '')}${names.length ? ` on ${names.join(', ')}` : ''}`;
}

function tablesOf(input: unknown): string[] {
  const name = member(input, 'TableName');
  if (typeof name === 'string') return [`'${name}'`];
  const requests = member(input, 'RequestItems');
  if (typeof requests === 'object' && requests !== null)
    return Object.keys(requests).map((table) => `'${table}'`);
  const writes = member(input, 'TransactItems');
  if (!Array.isArray(writes)) return [];
  const each = writes.flatMap((write: object) => Object.values(write).flatMap(tablesOf));
  return [...new Set(each)];
}

function statementsOf(input: unknown): string[] {
  const many = member(input, 'Statements') ?? member(input, 'TransactStatements');
  return (Array.isArray(many) ? many : [input]).flatMap((one: unknown) => {
    const statement = member(one, 'Statement');
    return typeof statement === 'string' ? [statement] : [];
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
