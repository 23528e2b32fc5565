/** Takes an official text apart: chapters, sections, articles, clauses and points, in the order of the text. */
import { createBuilder, type Builder } from './builder.js';
import { letter } from './inline-points.js';
import { insideQuote, readLines, type Line } from './lines.js';
import type { Passage, TextProblem } from './model.js';

/** A text taken apart. */
export interface ParsedText {
  readonly passages: readonly Passage[];
  readonly problems: readonly TextProblem[];
  /** Lines that look like a clause out of order and were kept as words of the passage before. */
  readonly doubts: readonly number[];
  /** Lines that are no part of the text: page numbers, rules, stamps. */
  readonly skipped: readonly number[];
  /** Lines that say that something was left out. */
  readonly gaps: number;
}

const ARTICLE = /^Điều\s+(\d{1,3}[a-zđ]?)\s*(?:([.:])\s*(.*)|)$/u;
// In excerpts: "Điều 30 k.7", "Điều 44 k.1 điểm e (…):".
const ARTICLE_CLAUSE =
  /^Điều\s+(\d{1,3})\s+(?:k\.|khoản)\s*(\d{1,2})(?:\s+điểm\s+([a-zđ]))?(?:\s*\([^)]*\))?(?:, k\.\d+\s*(?:\([^)]*\))?)*\s*(?::|\.|$)\s*(.*)$/u;
const CHAPTER = /^(?:Chương|CHƯƠNG)\s+([IVXLC]+|\d{1,2})\s*(?:([.:])\s*(.*)|(.*))$/u;
const SECTION = /^(?:Mục|MỤC|Tiểu mục|TIỂU MỤC)\s+(\d{1,2}|[IVXLC]+)\s*(?:([.:])\s*(.*)|(.*))$/u;
const CLAUSE = /^(\d{1,2}[a-zđ]?)\.(?!\d)\s*(\S.*)$/u;
const CLAUSE_IN_BRACKETS = /^\((\d{1,2})\)\s*(\S.*)$/u;
const CLAUSE_BY_NAME = /^(?:Khoản|k\.)\s*(\d{1,2})(?:\s*\([^)]*\))?\s*(?:[.:]\s*(.*)|)$/u;
const POINT = /^([a-zđ])\)\s*(\S.*)$/u;
const CLOSING = /^(?:Nơi nhận\s*:|TM\. |T\/M |KT\. |CHỦ TỊCH QUỐC HỘI$|Luật này (?:đã )?được Quốc hội .*thông qua)/u;
const ISSUED_WITH = /^\((?:Ban hành kèm|Kèm) theo/iu;
const APPENDIX = /^PHỤ LỤC(?:\s+[IVXLC\d]+)?(?:\s*[.:].*)?$/u;
const MOTTO = /^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM$/u;
const LEFT_OUT = /^(?:\.{3,}|…+|\[hết đoạn lưu\])$/u;
const ENDS = /[.;:!?”"»)\]/]$/u;

/** Takes the lines of a text apart. `article`: the one that the whole excerpt belongs to, where it has no heading. */
export function parseText(text: string, options: { readonly article?: string } = {}): ParsedText {
  const { lines, skipped } = readLines(text);
  const builder = createBuilder({ spaced: isSpaced(lines), article: options.article });
  const state: State = { before: undefined, gap: true, gaps: 0, mottos: 0, doubts: [], problems: [] };
  const quoted = insideQuote(lines);
  lines.forEach((line, at) => {
    if (LEFT_OUT.test(line.text)) {
      state.gap = true;
      state.gaps += 1;
      skipped.push(line.number);
      return;
    }
    if (quoted.has(at) || !structure(builder, line, state)) builder.add(line);
    state.before = line;
    state.gap = false;
  });
  return {
    passages: builder.finish(),
    problems: state.problems,
    doubts: state.doubts,
    skipped: skipped.sort((a, b) => a - b),
    gaps: state.gaps,
  };
}

interface State {
  before: Line | undefined;
  /** Something was left out just before: numbers may jump. */
  gap: boolean;
  gaps: number;
  mottos: number;
  readonly doubts: number[];
  readonly problems: TextProblem[];
}

/** True when the line begins a passage of its own. */
function structure(builder: Builder, line: Line, state: State): boolean {
  if (builder.inAppendix()) return false;
  if (MOTTO.test(line.text)) {
    state.mottos += 1;
    if (state.mottos > 1) state.problems.push({ fault: 'two-documents', line: line.number });
    return false;
  }
  if (ISSUED_WITH.test(line.text)) return builder.openPart(line);
  if (APPENDIX.test(line.text)) return builder.open('appendix', line);
  return heading(builder, line, state) || numbered(builder, line, state);
}

function heading(builder: Builder, line: Line, state: State): boolean {
  const chapter = CHAPTER.exec(line.text);
  if (chapter?.[1] && isTitle(chapter[2], chapter[3] ?? chapter[4]))
    return builder.openHeading('chapter', chapter[1], line, chapter[3] ?? chapter[4] ?? '');
  const section = SECTION.exec(line.text);
  if (section?.[1] && isTitle(section[2], section[3] ?? section[4]))
    return builder.openHeading('section', section[1], line, section[3] ?? section[4] ?? '');
  const both = ARTICLE_CLAUSE.exec(line.text);
  if (both?.[1] && both[2] && (line.afterBlank || ends(state.before)))
    return builder.openArticleClause(both[1], { clause: both[2], point: both[3] }, line, both[4] ?? '');
  const article = ARTICLE.exec(line.text);
  if (article?.[1]) return openArticle(builder, article[1], article[3] ?? '', line, state);
  return CLOSING.test(line.text) && builder.hasArticles() ? builder.open('closing', line) : false;
}

/** "Chương II Nghị định này" goes on a sentence; "Chương II" and "Chương II: …" are headings. */
const isTitle = (mark: string | undefined, rest = ''): boolean =>
  mark !== undefined || rest === '' || rest === rest.toUpperCase();

function openArticle(builder: Builder, n: string, title: string, line: Line, state: State): boolean {
  const last = builder.lastArticle();
  if (last !== undefined && Number.parseInt(n, 10) <= Number.parseInt(last, 10) && !isInserted(n, last)) {
    // "… quy định tại" before it: a reference that happens to begin a line.
    if (!ends(state.before) && !line.afterBlank) return false;
    state.problems.push({
      fault: n === '1' ? 'two-documents' : 'article-twice',
      line: line.number,
      detail: n,
    });
  }
  return builder.openArticle(n, title, line);
}

/** Điều 5a behind Điều 5. */
const isInserted = (n: string, last: string): boolean =>
  Number.parseInt(n, 10) === Number.parseInt(last, 10) && n > last;

function numbered(builder: Builder, line: Line, state: State): boolean {
  if (!builder.inArticle()) return false;
  const free = state.gap || ends(state.before) || line.afterBlank || builder.atHeading();
  const clause = CLAUSE.exec(line.text) ?? CLAUSE_IN_BRACKETS.exec(line.text) ?? CLAUSE_BY_NAME.exec(line.text);
  if (clause?.[1]) {
    const step = Number.parseInt(clause[1], 10) - (Number.parseInt(builder.lastClause(), 10) || 0);
    if (step === 1 || (step > 1 && free)) return builder.openClause(clause[1], clause[2] ?? '', line);
    if (free) state.doubts.push(line.number);
    return false;
  }
  const point = POINT.exec(line.text);
  if (!point?.[1]) return false;
  const step = letter(point[1]) - letter(builder.lastPoint());
  if (step === 1 || (step > 1 && free)) return builder.openPoint(point[1], point[2] ?? '', line);
  if (free) state.doubts.push(line.number);
  return false;
}

const ends = (line: Line | undefined): boolean => line === undefined || ENDS.test(line.text);

/** Paragraphs stand apart by empty lines: before most numbered lines there is one. */
function isSpaced(lines: readonly Line[]): boolean {
  const numbered = lines.slice(1).filter(({ text }) => ARTICLE.test(text) || CLAUSE.test(text) || POINT.test(text));
  return numbered.filter((line) => line.afterBlank).length > numbered.length * 0.6;
}
