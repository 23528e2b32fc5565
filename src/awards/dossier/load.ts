/** Reads knowledge/dossiers.yaml: which papers a procedure needs, as far as they are known. */
import { z } from 'zod';
import type { KnowledgeProblem } from '../load.js';
import { CERTAINTIES, type Basis, type Knowledge } from '../model.js';
import { readRules, rulesOf, type ReadRules } from '../rules-file.js';
import { basisSchema } from '../schema.js';

const FILE = 'dossiers.yaml';
const text = z.string().trim().min(1);
const id = z.string().regex(/^[a-z0-9-]{2,40}$/, 'lower-case letters, digits and hyphens, 2 to 40');
// Absent keys stay absent when zod reads them.
const basis = basisSchema as unknown as z.ZodType<Basis>;

/** Papers of which the product holds a blank of its own. */
export const BLANKS = ['to-trinh', 'bao-cao', 'bien-ban', 'danh-sach'] as const;
export type Blank = (typeof BLANKS)[number];

const dossiersSchema = z
  .array(
    z.strictObject({
      id,
      name: text,
      /** Titles and forms that are proposed so. */
      titles: z.array(text),
      /** Said where the province sets the details. */
      local: text.optional(),
      localBasis: basis.optional(),
      copies: text.optional(),
      copiesBasis: basis.optional(),
      papers: z
        .array(
          z.strictObject({
            id,
            name: text,
            blank: z.enum(BLANKS).optional(),
            /** Number of the form in the decree's appendix. */
            form: text.optional(),
            basis,
            certainty: z.enum(CERTAINTIES),
          }),
        )
        .min(1),
      note: text.optional(),
      /** What is not known and has to be asked. */
      unknown: text.optional(),
    }),
  )
  .min(1);

/** The papers of one procedure. */
export type Dossier = z.infer<typeof dossiersSchema>[number];
export type DossierPaper = Dossier['papers'][number];

/** The dossiers, or everything that is wrong with them. */
export const readDossiers = (knowledge: Knowledge, folder?: string): ReadRules<readonly Dossier[]> =>
  readRules({ file: FILE, schema: dossiersSchema, check: (all) => findProblems(all, knowledge) }, folder);

/** The dossiers; throws a KnowledgeError that lists every problem. */
export const loadDossiers = (knowledge: Knowledge, folder?: string): readonly Dossier[] =>
  rulesOf(readDossiers(knowledge, folder));

function findProblems(dossiers: readonly Dossier[], knowledge: Knowledge): Omit<KnowledgeProblem, 'file'>[] {
  const problems: Omit<KnowledgeProblem, 'file'>[] = [];
  const report = (field: string, reason: string) => problems.push({ field, reason });
  const cite = (field: string, one: Basis | undefined) => {
    if (one && !knowledge.documents.has(one.document)) report(field, `unknown document ${one.document}`);
  };
  const titles = new Set<string>();
  for (const dossier of dossiers) {
    for (const title of dossier.titles) {
      if (knowledge.vocabulary.concepts.get(title)?.type !== 'subject')
        report(`${dossier.id}.titles`, `no title or form ${title} in words.yaml`);
      if (titles.has(title)) report(`${dossier.id}.titles`, `${title} stands in two dossiers`);
      titles.add(title);
    }
    cite(`${dossier.id}.localBasis`, dossier.localBasis);
    cite(`${dossier.id}.copiesBasis`, dossier.copiesBasis);
    if ((dossier.copies === undefined) !== (dossier.copiesBasis === undefined))
      report(`${dossier.id}.copies`, 'a number of copies needs its basis');
    for (const paper of dossier.papers) {
      cite(`${dossier.id}.${paper.id}.basis`, paper.basis);
      if (paper.certainty === 'GAP')
        report(`${dossier.id}.${paper.id}.certainty`, 'what is not known is said under unknown');
    }
  }
  return problems;
}
