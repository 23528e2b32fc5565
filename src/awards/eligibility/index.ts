/** The self-check of titles: rules as data, questions one by one, counts and no verdict. */
export { createEligibilityFlow, eligibilityButton } from './flow.js';
export { loadEligibility, readEligibility } from './load.js';
export type { EligibilityRules } from './model.js';
