import { BUCKET_TAGS } from '../rules/bucket-tags.js';
import { CORS_RULES } from '../rules/cors-rules.js';
import { LIFECYCLE_RULES } from '../rules/lifecycle-rules.js';
import { POLICY_STATEMENTS } from '../rules/policy-statements.js';
import { puttingRules, removingRules } from '../rules/rule-recipes.js';

/** Adds or replaces tags of a bucket, by key. */
export const PUT_BUCKET_TAGS = puttingRules(BUCKET_TAGS);

/** Adds or replaces CORS rules, by ID. */
export const PUT_CORS_RULES = puttingRules(CORS_RULES);

/** Adds or replaces lifecycle rules, by ID. */
export const PUT_LIFECYCLE_RULES = puttingRules(LIFECYCLE_RULES);

/** Adds or replaces statements of the policy, by Sid. */
export const PUT_POLICY_STATEMENTS = puttingRules(POLICY_STATEMENTS);

/** Removes tags of a bucket, by key. */
export const REMOVE_BUCKET_TAGS = removingRules(BUCKET_TAGS);

/** Removes CORS rules, by ID. */
export const REMOVE_CORS_RULES = removingRules(CORS_RULES);

/** Removes lifecycle rules, by ID. */
export const REMOVE_LIFECYCLE_RULES = removingRules(LIFECYCLE_RULES);

/** Removes statements of the policy, by Sid. */
export const REMOVE_POLICY_STATEMENTS = removingRules(POLICY_STATEMENTS);
