import { LIFECYCLE_RULES } from '../rules/lifecycle-rules.js';
import { puttingRules } from '../rules/rule-recipes.js';

/** Lifecycle rules are put by their ID. */
export const PUT_LIFECYCLE_RULES = puttingRules(LIFECYCLE_RULES);
