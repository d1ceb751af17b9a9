import type { StoreCollections } from './store-collections.js';

/**
 * What brings the collections of a store from one version to the next. Replicas may do it at once, and one may die in the middle:
 * done twice it must come to the same.
 */
export type Upgrade = (collections: StoreCollections) => Promise<void>;

/** The first one leads from version 1 to version 2, and so on: the last version is the one that this code writes. */
export const UPGRADES: readonly Upgrade[] = [];
