import type { Recipe } from '../../../core/recipe.js';
import { createAcls, deleteAcls, presentAcls } from '../acl-entries.js';
import { aclText, type KafkaAcl } from '../kafka-acl.js';
import type { KafkaSession } from '../kafka-session.js';
import { refuseInternal } from '../topic-name.js';

interface Before {
  /** Those asked for that are not in force. */
  readonly missing: readonly KafkaAcl[];
}

/** Makes rules about who may do what; leaves all others alone. */
export const CREATE_ACLS: Recipe<KafkaSession, readonly KafkaAcl[], Before> = {
  operation: 'kafka.create-acls',
  describe: (acls) => `create ACLs: ${acls.map(aclText).join('; ')}`,

  async read({ admin }, acls) {
    for (const { resource } of acls) refuseInternal(resource);
    const present = await presentAcls(admin, acls);
    return { missing: acls.filter((acl) => !present.includes(acl)) };
  },

  compare: (_, { missing }) => missing.map((acl) => ({ what: 'ACL', to: aclText(acl) })),
  apply: ({ admin }, _, { missing }) => createAcls(admin, missing),
  expect: () => undefined,

  reverse: ({ missing }) => ({
    possible: true,
    summary: `delete ACLs: ${missing.map(aclText).join('; ')}`,
    perform: ({ admin }) => deleteAcls(admin, missing),
  }),
};
