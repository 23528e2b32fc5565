/** The texts of a folder as they are now: a text that is loaded while the product runs counts from the next question on. */
import { statSync } from 'node:fs';
import type { LegalDocument } from '../model.js';
import { readArchive } from './archive.js';
import { createTexts, type Texts } from './library.js';

/** The texts of a folder; reads it again when a file was added or replaced. */
export function openShelf(
  folder: string,
  knowledge: () => {
    readonly documents: ReadonlyMap<string, LegalDocument>;
    readonly vocabulary: { readonly filler: readonly string[] };
  },
): Texts {
  let seen: number | null = null;
  let about: unknown = null;
  let texts: Texts | null = null;
  const current = (): Texts => {
    const changedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const { documents, vocabulary } = knowledge();
    if (texts === null || seen !== changedAt || about !== documents) {
      texts = createTexts({ texts: readArchive(folder).texts, documents, filler: vocabulary.filler });
      seen = changedAt;
      about = documents;
    }
    return texts;
  };
  return {
    get loaded() {
      return current().loaded;
    },
    passage: (basis, day) => current().passage(basis, day),
    search: (query, day, limit) => current().search(query, day, limit),
    check: (quote, day) => current().check(quote, day),
    compare: (words, basis, day) => current().compare(words, basis, day),
  };
}
