/** The law watch: alarms before a document ends, and what follows when one changes. */
import type { RoomFlow } from '../../conversation/index.js';
import type { Answerer } from '../answerer.js';
import type { Dossier } from '../dossier/index.js';
import type { EligibilityRules } from '../eligibility/index.js';
import { createChangeFlow } from './flow-change.js';
import { createDocumentsFlow } from './flow-documents.js';
import { rulesTouchedBy } from './touched.js';

export { createLawEffects } from './effects.js';
export { createLawWatch } from './raise.js';
export { createLawReads, type LawReads } from './store.js';

/** The flows over the knowledge of an answerer and over what else stands on its documents. */
export function createLawFlows(
  answerer: Answerer,
  rules: { readonly eligibility: EligibilityRules; readonly dossiers: readonly Dossier[] },
): RoomFlow[] {
  const touched = (number: string) => rulesTouchedBy(answerer.knowledge, rules, number);
  return [createDocumentsFlow(answerer, touched), createChangeFlow(answerer, touched)];
}
