/** One rule about who may do what. */
export interface KafkaAcl {
  /** @default 'topic' */
  readonly resourceType?: keyof typeof RESOURCES;
  /** Of the resource, or what its name begins with; `*` is every one, and the cluster's is `kafka-cluster`. */
  readonly resource: string;
  /** Whether `resource` is a name or the beginning of names. @default 'literal' */
  readonly pattern?: keyof typeof PATTERNS;
  /** `User:orders-service` */
  readonly principal: string;
  /** Where it connects from. @default '*' */
  readonly host?: string;
  readonly operation: keyof typeof OPERATIONS;
  /** @default 'allow' */
  readonly permission?: keyof typeof PERMISSIONS;
}

// As the protocol numbers them.
export const RESOURCES = { topic: 2, group: 3, cluster: 4, 'transactional-id': 5 } as const;
export const PATTERNS = { literal: 3, prefixed: 4 } as const;
export const PERMISSIONS = { deny: 2, allow: 3 } as const;
export const OPERATIONS = {
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  'cluster-action': 9,
  'describe-configs': 10,
  'alter-configs': 11,
  'idempotent-write': 12,
} as const;

/** The rule with nothing left out. */
export function wholeAcl({
  resourceType = 'topic',
  pattern = 'literal',
  host = '*',
  permission = 'allow',
  ...given
}: KafkaAcl): Required<KafkaAcl> {
  return { resourceType, pattern, host, permission, ...given };
}

/** One line: `allow User:shop from * to read topic 'orders'`. */
export function aclText(acl: KafkaAcl): string {
  const { resourceType, resource, pattern, principal, host, operation, permission } = wholeAcl(acl);
  const named = pattern === 'prefixed' ? `${resourceType}s that begin with` : resourceType;
  return `${permission} ${principal} from ${host} to ${operation} ${named} '${resource}'`;
}
