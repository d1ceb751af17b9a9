import { POLICY_STATEMENTS } from '../rules/policy-statements.js';
import { puttingRules } from '../rules/rule-recipes.js';

/** Statements of the policy are put by their Sid. */
export const PUT_POLICY_STATEMENTS = puttingRules(POLICY_STATEMENTS);
