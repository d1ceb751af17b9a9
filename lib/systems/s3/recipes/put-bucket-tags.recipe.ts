import { BUCKET_TAGS } from '../rules/bucket-tags.js';
import { puttingRules } from '../rules/rule-recipes.js';

/** Tags of a bucket are put by their key. */
export const PUT_BUCKET_TAGS = puttingRules(BUCKET_TAGS);
