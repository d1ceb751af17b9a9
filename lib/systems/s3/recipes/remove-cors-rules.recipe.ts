import { CORS_RULES } from '../rules/cors-rules.js';
import { removingRules } from '../rules/rule-recipes.js';

/** CORS rules are removed by their ID. */
export const REMOVE_CORS_RULES = removingRules(CORS_RULES);
