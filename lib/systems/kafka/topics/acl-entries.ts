import type { AclEntry, Admin } from 'kafkajs';
import { TargetSystemError } from '../../../core/model/errors.js';
import { brokerAnswer } from '../connection/kafka-errors.js';
import { waitUntilPropagated } from './make-topic.js';

/** One rule about who may do what. */
export interface KafkaAcl {
  /** @default 'topic' */
  readonly resourceType?: keyof typeof RESOURCES;
  /** Name of the resource, or the beginning of names; `*` is every resource, and the cluster's name is `kafka-cluster`. */
  readonly resource: string;
  /** Whether `resource` is a name (`literal`) or the beginning of names (`prefixed`). @default 'literal' */
  readonly pattern?: keyof typeof PATTERNS;
  /** `User:orders-service` */
  readonly principal: string;
  /** Host that the principal connects from. @default '*' */
  readonly host?: string;
  readonly operation: keyof typeof OPERATIONS;
  /** @default 'allow' */
  readonly permission?: keyof typeof PERMISSIONS;
}

// As the protocol numbers them.
const RESOURCES = { topic: 2, group: 3, cluster: 4, 'transactional-id': 5 } as const;
const PATTERNS = { literal: 3, prefixed: 4 } as const;
const PERMISSIONS = { deny: 2, allow: 3 } as const;
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

/** The rule with all defaults filled in. */
function wholeAcl({
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

/** The rule as the protocol takes it. As a filter it matches only this rule. */
export function entryOf(acl: KafkaAcl): AclEntry {
  const { resourceType, resource, pattern, principal, host, operation, permission } = wholeAcl(acl);
  return {
    resourceType: RESOURCES[resourceType],
    resourceName: resource,
    resourcePatternType: PATTERNS[pattern],
    principal,
    host,
    operation: OPERATIONS[operation],
    permissionType: PERMISSIONS[permission],
  };
}

/** The rules that exist. */
export async function presentAcls(admin: Admin, acls: readonly KafkaAcl[]): Promise<KafkaAcl[]> {
  const found = await Promise.all(acls.map((acl) => isPresent(admin, acl)));
  return acls.filter((_, index) => found[index]);
}

/** Creates rules; no error for those that exist. Resolves when the broker applies them, which is a moment after its answer. */
export async function createAcls(admin: Admin, acls: readonly KafkaAcl[]): Promise<void> {
  if (acls.length === 0) return;
  await admin.createAcls({ acl: acls.map(entryOf) });
  await untilPresent(admin, acls, acls.length);
}

/** Deletes rules; no error for those that do not exist. Resolves when the broker no longer applies them. */
export async function deleteAcls(admin: Admin, acls: readonly KafkaAcl[]): Promise<void> {
  if (acls.length === 0) return;
  await admin.deleteAcls({ filters: acls.map(entryOf) });
  await untilPresent(admin, acls, 0);
}

function untilPresent(admin: Admin, acls: readonly KafkaAcl[], count: number): Promise<void> {
  return waitUntilPropagated(async () => (await presentAcls(admin, acls)).length === count);
}

async function isPresent(admin: Admin, acl: KafkaAcl): Promise<boolean> {
  try {
    const { resources } = await admin.describeAcls(entryOf(acl));
    return resources.some(({ acls }) => acls.length > 0);
  } catch (cause) {
    throw brokerAnswer(cause) === 'SECURITY_DISABLED' ? noAuthorizer(cause) : cause;
  }
}

function noAuthorizer(cause: unknown): TargetSystemError {
  return new TargetSystemError('The cluster keeps no ACLs: it has no authorizer.', {
    cause,
    fix: ['set authorizer.class.name at the brokers, or leave the ACLs out where there is none'],
  });
}
