import type { AclEntry, Admin } from 'kafkajs';
import { TargetSystemError } from '../../core/errors.js';
import { brokerAnswer } from './kafka-errors.js';
import { OPERATIONS, PATTERNS, PERMISSIONS, RESOURCES, type KafkaAcl, wholeAcl } from './kafka-acl.js';
import { untilHeard } from './until-heard.js';

/** As the protocol takes it; also the filter that it alone matches. */
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

/** Those of the rules that are in force. */
export async function presentAcls(admin: Admin, acls: readonly KafkaAcl[]): Promise<KafkaAcl[]> {
  const found = await Promise.all(acls.map((acl) => isPresent(admin, acl)));
  return acls.filter((_, index) => found[index]);
}

/** Makes rules; no error for those that are there. Resolves when the broker goes by them, which is a moment after its answer. */
export async function createAcls(admin: Admin, acls: readonly KafkaAcl[]): Promise<void> {
  if (acls.length === 0) return;
  await admin.createAcls({ acl: acls.map(entryOf) });
  await untilPresent(admin, acls, acls.length);
}

/** Removes rules; no error for those that are gone. Resolves when the broker goes by them no more. */
export async function deleteAcls(admin: Admin, acls: readonly KafkaAcl[]): Promise<void> {
  if (acls.length === 0) return;
  await admin.deleteAcls({ filters: acls.map(entryOf) });
  await untilPresent(admin, acls, 0);
}

function untilPresent(admin: Admin, acls: readonly KafkaAcl[], count: number): Promise<void> {
  return untilHeard(async () => (await presentAcls(admin, acls)).length === count);
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
