/** What an officer has told of a change so far, and what it comes to. */
import { z } from 'zod';
import { t, type Text } from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import type { Card, Knowledge } from '../model.js';
import { CHANGES, findChangeProblem, withAmendment, type ChangeProblem, type DocumentChange } from './change.js';
import { changeText, documentName } from './texts.js';
import { cardsTouchedBy } from './touched.js';

export const changeDraftSchema = z.object({
  number: z.string(),
  /** The version that was there when the officer began. */
  seen: z.number(),
  /** The day and the reason of the last record, where there is one. */
  last: z.object({ on: z.string(), reason: z.string() }).optional(),
  what: z.enum([...CHANGES, 'new', 'undo']).optional(),
  by: z.string().optional(),
  /** The articles that are amended; empty where that is not known. */
  articles: z.array(z.string()).optional(),
  on: z.string().optional(),
  kind: z.string().optional(),
  title: z.string().optional(),
  reason: z.string().optional(),
});
export type ChangeDraft = z.infer<typeof changeDraftSchema>;

/** The cards to check again: of an amendment those of its articles, where these are known. */
export function cardsOf(knowledge: Knowledge, { number, articles = [] }: ChangeDraft): Card[] {
  const touched = articles.flatMap((article) => cardsTouchedBy(knowledge, number, article));
  return articles.length === 0 ? cardsTouchedBy(knowledge, number) : [...new Set(touched)];
}

/** What will be recorded, in words. */
export function draftText(knowledge: Knowledge, data: ChangeDraft): Text {
  const { number, kind, what = 'end', last } = data;
  const document = kind === undefined ? documentName(knowledge, number) : `${kind} ${number}`;
  return what === 'undo'
    ? t('awards.law.change.undo', { document, on: last?.on ?? '', reason: last?.reason ?? '' })
    : changeText(what, document, changeOf(knowledge, data));
}

/** The days on which, after this change, neither the ended document nor the one in its place is in force. */
export function gapText(knowledge: Knowledge, data: ChangeDraft): Text[] {
  const changed = { ...knowledge.documents.get(data.number), ...changeOf(knowledge, data), number: data.number };
  const now = (number: string) => (number === data.number ? changed : knowledge.documents.get(number));
  return [...knowledge.documents.keys()].flatMap((number) => {
    const old = now(number);
    const next = old?.replacedBy === undefined ? undefined : now(old.replacedBy);
    const begins = next?.inForceFrom;
    if (number !== data.number && next?.number !== data.number) return [];
    return old?.inForceTo !== undefined && begins !== undefined && begins > old.inForceTo
      ? [
          t('awards.law.preview.gap', {
            document: number,
            by: next?.number ?? '',
            from: formatDate(old.inForceTo),
            to: formatDate(begins),
          }),
        ]
      : [];
  });
}

/** An officer's word is second-hand until the text itself was compared: answers say so. */
export function changeOf(knowledge: Knowledge, data: ChangeDraft): DocumentChange {
  const { what, on, by, kind, title } = data;
  const day = on === undefined ? {} : { inForceTo: on, endCertainty: 'VERIFIED-2' as const };
  switch (what) {
    case 'replace':
      return { ...(by === undefined ? {} : { replacedBy: by }), ...day };
    case 'amend': {
      const document = knowledge.documents.get(data.number);
      if (!document || by === undefined || on === undefined) return {};
      return { amendments: withAmendment(document, { by, from: on, strongArticles: data.articles ?? [] }) };
    }
    case 'begin':
      return on === undefined ? {} : { inForceFrom: on };
    case 'new':
      return {
        kind: kind ?? '',
        title: title ?? '',
        certainty: 'VERIFIED-2',
        ...(on === undefined ? {} : { inForceFrom: on }),
      };
    case 'undo':
      return {};
    case 'end':
    case undefined:
      return day;
  }
}

export function problemOf(knowledge: Knowledge, data: ChangeDraft): ChangeProblem | null {
  const document = knowledge.documents.get(data.number);
  if (data.what === 'new') return document ? 'exists' : null;
  if (data.what === 'undo') return null;
  return document ? findChangeProblem(knowledge, document, changeOf(knowledge, data)) : null;
}
