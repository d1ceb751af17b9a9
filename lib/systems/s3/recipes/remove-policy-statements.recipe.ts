import { POLICY_STATEMENTS } from '../rules/policy-statements.js';
import { removingRules } from '../rules/rule-recipes.js';

/** Statements of the policy are removed by their Sid. */
export const REMOVE_POLICY_STATEMENTS = removingRules(POLICY_STATEMENTS);
