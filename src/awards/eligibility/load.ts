/** Reads knowledge/eligibility.yaml; what is wrong is named by file, field and reason. */
import type { KnowledgeProblem } from '../load.js';
import type { Knowledge } from '../model.js';
import { readRules, rulesOf, type ReadRules } from '../rules-file.js';
import { eligibilitySchema, type Condition, type EligibilityRules } from './model.js';

const FILE = 'eligibility.yaml';

/** The rules, or everything that is wrong with them. */
export const readEligibility = (knowledge: Knowledge, folder?: string): ReadRules<EligibilityRules> =>
  readRules({ file: FILE, schema: eligibilitySchema, check: (rules) => findProblems(rules, knowledge) }, folder);

/** The rules; throws a KnowledgeError that lists every problem. */
export const loadEligibility = (knowledge: Knowledge, folder?: string): EligibilityRules =>
  rulesOf(readEligibility(knowledge, folder));

function findProblems(rules: EligibilityRules, knowledge: Knowledge): Omit<KnowledgeProblem, 'file'>[] {
  const problems: Omit<KnowledgeProblem, 'file'>[] = [];
  const report = (field: string, reason: string) => problems.push({ field, reason });
  const check = (owner: string, condition: Condition) => {
    const field = `${owner}.${condition.id}`;
    if (!knowledge.documents.has(condition.basis.document))
      report(`${field}.basis`, `unknown document ${condition.basis.document}`);
    if (condition.certainty === 'GAP' || condition.certainty === 'VERIFIED-OLD')
      report(`${field}.certainty`, 'what is not known or no longer holds cannot be checked; say it under unknown');
    if (condition.kind === 'share' && !(owner in knowledge.parameters.shares))
      report(field, `no least share for ${owner} in parameters.yaml`);
    const run = knowledge.parameters.runs[owner];
    if (condition.kind === 'years' && run && run.times !== condition.atLeast)
      report(`${field}.atLeast`, `parameters.yaml says ${String(run.times)} for ${owner}`);
    if (condition.kind === 'years' && run?.yearly === false)
      report(field, `parameters.yaml says that ${run.of} is not won year after year: ask for the number of times`);
    if (condition.kind === 'oneOf') {
      const ids = condition.choices.map((one) => one.id);
      for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at)))
        report(`${field}.choices.${id}`, 'used twice');
    }
  };
  const seen = new Set<string>();
  for (const title of rules.titles) {
    if (knowledge.vocabulary.concepts.get(title.id)?.type !== 'subject')
      report(title.id, 'no title or form of this name in words.yaml');
    if (seen.has(title.id)) report(title.id, 'used twice');
    seen.add(title.id);
    const ids = [...title.conditions, ...rules.common].map((one) => one.id);
    for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at)))
      report(`${title.id}.${id}`, 'used twice');
    for (const condition of title.conditions) check(title.id, condition);
  }
  for (const condition of rules.common) {
    check('common', condition);
    if (condition.kind === 'share') report(`common.${condition.id}`, 'a share belongs to one title');
  }
  return problems;
}
