import { CORS_RULES } from '../rules/cors-rules.js';
import { puttingRules } from '../rules/rule-recipes.js';

/** CORS rules are put by their ID. */
export const PUT_CORS_RULES = puttingRules(CORS_RULES);
