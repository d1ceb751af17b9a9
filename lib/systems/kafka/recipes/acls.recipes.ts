import type { Recipe } from '../../../core/model/recipe.js';
import type { KafkaSession } from '../connection/kafka-session.js';
import { aclText, createAcls, deleteAcls, type KafkaAcl, presentAcls } from '../topics/acl-entries.js';
import { refuseInternal } from '../topics/topic-description.js';

interface Before {
  /** The rules that the recipe creates or deletes: those asked for that do not exist, or do. */
  readonly affected: readonly KafkaAcl[];
}

type AclsRecipe = Recipe<KafkaSession, readonly KafkaAcl[], Before>;

const CALLS = { create: createAcls, delete: deleteAcls } as const;

function aclsRecipe(verb: 'create' | 'delete'): AclsRecipe {
  const opposite = verb === 'create' ? 'delete' : 'create';
  return {
    operation: `kafka.${verb}-acls`,
    describe: (acls) => `${verb} ACLs: ${acls.map(aclText).join('; ')}`,

    async read({ admin }, acls) {
      for (const { resource } of acls) refuseInternal(resource);
      const present = await presentAcls(admin, acls);
      return { affected: verb === 'delete' ? present : acls.filter((acl) => !present.includes(acl)) };
    },

    compare: (_, { affected }) =>
      affected.map((acl) => ({ what: 'ACL', [verb === 'create' ? 'to' : 'from']: aclText(acl) })),
    apply: ({ admin }, _, { affected }) => CALLS[verb](admin, affected),
    expect: () => undefined,

    reverse: ({ affected }) => ({
      possible: true,
      summary: `${opposite} ACLs: ${affected.map(aclText).join('; ')}`,
      perform: ({ admin }) => CALLS[opposite](admin, affected),
    }),
  };
}

/** Creates access rules and leaves all others alone. */
export const CREATE_ACLS = aclsRecipe('create');

/** Deletes exactly these access rules. */
export const DELETE_ACLS = aclsRecipe('delete');
