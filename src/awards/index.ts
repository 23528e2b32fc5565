/** The answers room: knowledge, answers with citations, and questions handed to a person. */
import type { RoomFlow } from '../conversation/index.js';
import type { Answerer } from './answerer.js';
import { createAskFlow } from './flow-ask.js';
import { personFlow } from './flow-person.js';
import { createBrowseFlow, loadBrowse } from './browse/index.js';
import { createCardFlows } from './cards/index.js';
import { createEligibilityFlow, eligibilityButton, loadEligibility } from './eligibility/index.js';
import { createDossierFlow, dossierButton, loadDossiers } from './dossier/index.js';
import { createLawFlows } from './law-watch/index.js';
import { createMarksFlow } from './marks/index.js';
import { createQuestionFlows } from './questions/index.js';
import type { MoreAbout } from './reply-buttons.js';

export { createAnswerer, type Answerer, type AskOptions } from './answerer.js';
export { createCardEffects, createCardReads, type CardReads } from './cards/index.js';
export { createLiveAnswerer, type LiveAnswerer } from './cards/live.js';
export { createAwardsEffects, type AwardsDeps } from './effects.js';
export { findKnowledgeFolder, KnowledgeError, loadKnowledge, readKnowledge, type KnowledgeProblem } from './load.js';
export type { Citation, Knowledge, Outcome, Reply, Topic } from './model.js';
export { readBrowse } from './browse/index.js';
export { createBlankWork, readDossiers } from './dossier/index.js';
export { readEligibility } from './eligibility/index.js';
export { createPreparePhrasing } from './language-model/index.js';
export { createLawEffects, createLawReads, createLawWatch, type LawReads } from './law-watch/index.js';
export { createMarkEffects, createMarkReads, type MarkReads } from './marks/index.js';
export { maskPersonal } from './personal.js';
export { createQuestionReads, type QuestionReads } from './questions/index.js';
export { createAwardsReads, type AwardsReads } from './store.js';
export { findText, readArchive, TEXTS_FOLDER, writeText } from './texts/archive.js';
export { checkCard } from './texts/card-quotes.js';
export { importText, type ImportRequest } from './texts/import-text.js';
export { createTexts, type Texts } from './texts/library.js';
export { mergeTexts } from './texts/merge.js';
export type { OfficialText, TextProblem } from './texts/model.js';
export { LARGEST_TEXT } from './texts/read-bytes.js';
export { nearPassages } from './texts/near.js';
export { openShelf } from './texts/shelf.js';

/** Flows of this room; the answerer and the rules are read once for the process. */
export function createAwardsFlows({ answerer }: { readonly answerer: Answerer }): RoomFlow[] {
  const rules = loadEligibility(answerer.knowledge);
  const groups = loadBrowse(answerer.knowledge);
  const dossiers = loadDossiers(answerer.knowledge);
  const moreAbout: MoreAbout = ({ subjects, kinds }) =>
    kinds.includes('papers') ? dossierButton(dossiers, subjects) : eligibilityButton(rules, subjects);
  return [
    createAskFlow(answerer, moreAbout),
    personFlow,
    ...createQuestionFlows(answerer),
    createEligibilityFlow(answerer, rules),
    createBrowseFlow(answerer, groups),
    createDossierFlow(answerer, dossiers),
    createMarksFlow(answerer),
    ...createCardFlows(answerer),
    ...createLawFlows(answerer, { eligibility: rules, dossiers }),
  ];
}
