import { BUCKET_TAGS } from '../rules/bucket-tags.js';
import { removingRules } from '../rules/rule-recipes.js';

/** Tags of a bucket are removed by their key. */
export const REMOVE_BUCKET_TAGS = removingRules(BUCKET_TAGS);
