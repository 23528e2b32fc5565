/** The lines of a text: in one Unicode form, broken headings made whole, page furniture set aside. */

export interface Line {
  /** Counted from 1 in the file. */
  readonly number: number;
  readonly text: string;
  /** An empty line stands before it. */
  readonly afterBlank: boolean;
}

const PAGE_HEAD = /^(?:CÔNG BÁO\/Số|=== PAGE \d|Ký bởi:|Cơ quan: |Ngày ký: |Email: )/u;
const RULE = /^(?:\||[-—–_=*]{3,})$/u;
const PAGE_NUMBER = /^\d{1,3}$/;
const HALF_HEADING = /^(?:Chương|CHƯƠNG|Mục|MỤC|Điều)$/u;
const OTHER_HALF = /^(?:\d{1,3}[a-zđ]?\b|[IVXLC]+$)/u;

/** The lines that carry words, and the numbers of those that do not. */
export function readLines(text: string): { readonly lines: Line[]; readonly skipped: number[] } {
  const lines: Line[] = [];
  const skipped: number[] = [];
  let blank = true;
  let page = false;
  let half: string | null = null;
  text
    .normalize('NFC')
    .split(/\r\n?|\n|\f/)
    .forEach((raw, at) => {
      const clean = raw.replace(/[\s\u00A0\u200B\uFEFF]+/g, ' ').trim();
      const number = at + 1;
      if (clean === '') {
        blank = true;
        return;
      }
      if (PAGE_HEAD.test(clean) || RULE.test(clean) || (page && PAGE_NUMBER.test(clean))) {
        skipped.push(number);
        page = PAGE_HEAD.test(clean);
        blank = true;
        return;
      }
      page = false;
      // "Điều" alone on its line, its number on the next: a page as narrow as a column.
      if (half !== null && OTHER_HALF.test(clean)) {
        lines.push({ number, text: `${half} ${clean}`, afterBlank: true });
        half = null;
        blank = false;
        return;
      }
      if (half !== null) lines.push({ number: number - 1, text: half, afterBlank: blank });
      half = HALF_HEADING.test(clean) ? clean : null;
      if (half === null) lines.push({ number, text: clean, afterBlank: blank });
      blank = false;
    });
  if (half !== null) lines.push({ number: 0, text: half, afterBlank: true });
  return { lines, skipped };
}

const QUOTED_STRUCTURE = /^[“"](?:Điều \d|Chương |Mục |\d{1,2}[a-zđ]?\.|[a-zđ]\))/u;
const QUOTE_END = /[”"][.;,]*$/u;
const LONGEST_QUOTE = 400;

/** Lines of wording that another document receives (“Điều 23. …”): their articles and clauses are not this document's. */
export function insideQuote(lines: readonly Line[]): ReadonlySet<number> {
  const inside = new Set<number>();
  for (let at = 0; at < lines.length; at += 1) {
    if (!QUOTED_STRUCTURE.test(lines[at]?.text ?? '')) continue;
    const end = lines.slice(at, at + LONGEST_QUOTE).findIndex((line) => QUOTE_END.test(line.text));
    if (end < 0) continue;
    for (let n = at; n <= at + end; n += 1) inside.add(n);
    at += end;
  }
  return inside;
}
