/** Gathers the lines of a text into passages. */
import { splitPoints } from './inline-points.js';
import type { Line } from './lines.js';
import type { Passage, PassageKind } from './model.js';

/** A passage in the making. */
interface Draft {
  readonly kind: PassageKind;
  readonly place: Where;
  readonly label: string;
  title: string;
  /** The heading goes on: the lines that follow may still be its title. */
  titling: boolean;
  body: string;
  /** "Điều 30 k.7": becomes that clause when words follow at once. */
  readonly pending?: { readonly clause: string; readonly point?: string | undefined };
}

interface Where {
  part: number;
  chapter?: string | undefined;
  section?: string | undefined;
  article?: string | undefined;
  clause?: string | undefined;
  point?: string | undefined;
}

export interface Builder {
  /** Adds a line to the passage that is open. */
  add(line: Line): void;
  /** A passage that has no number: closing, appendix. */
  open(kind: PassageKind, line: Line): true;
  openPart(line: Line): true;
  openHeading(kind: 'chapter' | 'section', n: string, line: Line, title: string): true;
  openArticle(n: string, title: string, line: Line): true;
  openArticleClause(n: string, at: NonNullable<Draft['pending']>, line: Line, text: string): true;
  openClause(n: string, text: string, line: Line): true;
  openPoint(n: string, text: string, line: Line): true;
  inAppendix(): boolean;
  inArticle(): boolean;
  /** An article was just opened: an excerpt may begin with any of its clauses. */
  atHeading(): boolean;
  hasArticles(): boolean;
  lastArticle(): string | undefined;
  /** "" before the first. */
  lastClause(): string;
  lastPoint(): string;
  finish(): Passage[];
}

const PARAGRAPH = /^[\p{Lu}“"(+\d-]/u;
const ENDS = /[.;:!?”")/]$/u;
// A heading's own title goes on in small letters; a sentence begins with a capital.
const GOES_ON = /^[\p{Ll}(,-]/u;
const NOT_WHOLE = /\[[^\]]*cắt\]|\[cắt|^\(?(?:diễn lại|theo trang hỏi đáp)/u;
const RETOLD = /diễn lại|theo trang|theo bài|bị cắt/u;

/**
 * A builder. `spaced`: paragraphs of this text stand apart by empty lines. `article`: the one an excerpt without
 * headings belongs to.
 */
export function createBuilder({ spaced, article }: { spaced: boolean; article: string | undefined }): Builder {
  const drafts: Draft[] = [];
  const where: Where = { part: 0, article };
  const state = { articles: article === undefined ? 0 : 1, lastArticle: article, lastClause: '', lastPoint: '' };

  const push = (kind: PassageKind, label: string, title = '', titling = false, pending?: Draft['pending']): true => {
    drafts.push({ kind, place: { ...where }, label, title, titling, body: '', ...(pending ? { pending } : {}) });
    return true;
  };
  const openArticle = (n: string, label: string, title: string, pending?: Draft['pending']): true => {
    Object.assign(where, { article: n, clause: undefined, point: undefined });
    Object.assign(state, { lastArticle: n, lastClause: '', lastPoint: '', articles: state.articles + 1 });
    return push('article', label, title, pending === undefined && (title !== '' || label.endsWith('.')), pending);
  };
  const last = (): Draft | undefined => drafts.at(-1);

  return {
    add: (line) => {
      if (drafts.length === 0) push(article === undefined ? 'opening' : 'article', '');
      const draft = last();
      if (draft) addLine(draft, line, spaced);
    },
    open: (kind, line) => {
      Object.assign(where, {
        clause: undefined,
        point: undefined,
        ...(kind === 'appendix' ? { article: undefined } : {}),
      });
      push(kind, '');
      const draft = last();
      if (draft) draft.body = line.text;
      return true;
    },
    openPart: (line) => {
      const part = where.part + 1;
      Object.assign(where, { part, chapter: undefined, section: undefined, article: undefined });
      Object.assign(where, { clause: undefined, point: undefined });
      Object.assign(state, { lastArticle: undefined, lastClause: '', lastPoint: '' });
      return push('opening', line.text);
    },
    openHeading: (kind, n, line, title) => {
      Object.assign(where, { [kind]: n, article: undefined, clause: undefined, point: undefined });
      if (kind === 'chapter') where.section = undefined;
      return push(kind, labelOf(line, title), title, true);
    },
    openArticle: (n, title, line) => openArticle(n, labelOf(line, title), title),
    openArticleClause: (n, at, line, text) => {
      openArticle(n, labelOf(line, text), '', at);
      state.lastClause = String(Number.parseInt(at.clause, 10) - 1);
      const draft = last();
      if (draft) draft.body = text;
      return true;
    },
    openClause: (n, text, line) => {
      Object.assign(where, { clause: n, point: undefined });
      Object.assign(state, { lastClause: n, lastPoint: '' });
      return pushWith(push, last, 'clause', line, text);
    },
    openPoint: (n, text, line) => {
      where.point = n;
      state.lastPoint = n;
      return pushWith(push, last, 'point', line, text);
    },
    inAppendix: () => last()?.kind === 'appendix',
    inArticle: () => where.article !== undefined && last()?.kind !== 'closing',
    atHeading: () => last()?.kind === 'article' && last()?.body === '',
    hasArticles: () => state.articles > 0,
    lastArticle: () => state.lastArticle,
    lastClause: () => state.lastClause,
    lastPoint: () => state.lastPoint,
    finish: () => splitPoints(drafts.map((draft, n) => finishDraft(draft, drafts[n + 1]))),
  };
}

function pushWith(
  push: (kind: PassageKind, label: string) => true,
  last: () => Draft | undefined,
  kind: PassageKind,
  line: Line,
  text: string,
): true {
  push(kind, labelOf(line, text));
  const draft = last();
  if (draft) draft.body = text;
  return true;
}

const labelOf = (line: Line, rest: string): string => line.text.slice(0, line.text.length - rest.length).trim();

function addLine(draft: Draft, line: Line, spaced: boolean): void {
  if (draft.titling && isTitleLine(draft, line, spaced)) {
    draft.title = draft.title === '' ? line.text : `${draft.title} ${line.text}`;
    return;
  }
  draft.titling = false;
  const paragraph = ENDS.test(draft.body) ? PARAGRAPH.test(line.text) : line.afterBlank && /^\p{Lu}/u.test(line.text);
  draft.body += (draft.body === '' ? '' : paragraph ? '\n' : ' ') + line.text;
}

/** Chapters hold nothing but their title; an article's title ends where its words begin. */
function isTitleLine(draft: Draft, line: Line, spaced: boolean): boolean {
  if (draft.kind !== 'article') return true;
  if (draft.title === '') return true;
  return !line.afterBlank && (spaced || (GOES_ON.test(line.text) && !ENDS.test(draft.title)));
}

function finishDraft(draft: Draft, next: Draft | undefined): Passage {
  const { kind, place, label, pending } = draft;
  // "Điều 2. Quyết định này có hiệu lực …": an article without a title says all on the line of its heading.
  const alone = kind === 'article' && draft.body === '' && !belongsTo(next, draft);
  const text = alone ? draft.title : draft.body;
  const title = alone ? '' : draft.title;
  const asClause = pending && draft.body !== '' ? pending : undefined;
  return {
    kind: asClause ? (asClause.point === undefined ? 'clause' : 'point') : kind,
    part: place.part,
    ...pick({ ...place, ...(asClause ?? {}) }),
    label,
    ...(title === '' ? {} : { title }),
    text,
    ...(NOT_WHOLE.test(text) || RETOLD.test(label) ? { cut: true as const } : {}),
  };
}

const belongsTo = (next: Draft | undefined, draft: Draft): boolean =>
  next !== undefined &&
  (next.kind === 'clause' || next.kind === 'point') &&
  next.place.article === draft.place.article &&
  next.place.part === draft.place.part;

function pick({ chapter, section, article, clause, point }: Where): Partial<Passage> {
  return {
    ...(chapter === undefined ? {} : { chapter }),
    ...(section === undefined ? {} : { section }),
    ...(article === undefined ? {} : { article }),
    ...(clause === undefined ? {} : { clause }),
    ...(point === undefined ? {} : { point }),
  };
}
