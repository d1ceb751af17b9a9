import type { Recipe } from '../../../core/recipe.js';
import { createAcls, deleteAcls, presentAcls } from '../acl-entries.js';
import { aclText, type KafkaAcl } from '../kafka-acl.js';
import type { KafkaSession } from '../kafka-session.js';
import { refuseInternal } from '../topic-name.js';

interface Before {
  /** Those asked for that are in force. */
  readonly present: readonly KafkaAcl[];
}

/** Removes rules about who may do what: exactly these. */
export const DELETE_ACLS: Recipe<KafkaSession, readonly KafkaAcl[], Before> = {
  operation: 'kafka.delete-acls',
  describe: (acls) => `delete ACLs: ${acls.map(aclText).join('; ')}`,

  async read({ admin }, acls) {
    for (const { resource } of acls) refuseInternal(resource);
    return { present: await presentAcls(admin, acls) };
  },

  compare: (_, { present }) => present.map((acl) => ({ what: 'ACL', from: aclText(acl) })),
  apply: ({ admin }, _, { present }) => deleteAcls(admin, present),
  expect: () => undefined,

  reverse: ({ present }) => ({
    possible: true,
    summary: `create ACLs: ${present.map(aclText).join('; ')}`,
    perform: ({ admin }) => createAcls(admin, present),
  }),
};
