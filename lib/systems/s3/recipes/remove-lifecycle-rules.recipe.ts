import { LIFECYCLE_RULES } from '../rules/lifecycle-rules.js';
import { removingRules } from '../rules/rule-recipes.js';

/** Lifecycle rules are removed by their ID. */
export const REMOVE_LIFECYCLE_RULES = removingRules(LIFECYCLE_RULES);
