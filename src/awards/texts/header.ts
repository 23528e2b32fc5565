/** What a file says of itself: which document, where it was found, whether it is law, since when it holds. */
import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import type { TextFault } from './model.js';

/** A file in two parts. Files without a note of their own have no header. */
export interface Opened {
  readonly header: string;
  readonly body: string;
  /** Lines before the body. */
  readonly offset: number;
}

const NOTE = /^(?:Văn bản|Nguồn)\s*:/u;
const RULE = /^-{10,}\s*$/;
const LONGEST_NOTE = 20;

/** Takes the note at the head of a file ("Văn bản: …", "Nguồn: …", a rule) apart from the text. */
export function openFile(text: string): Opened {
  const lines = text.normalize('NFC').split(/\r\n?|\n/);
  const end = lines.slice(0, LONGEST_NOTE).findIndex((line) => RULE.test(line));
  if (end < 0 || !NOTE.test(lines[0]?.replace(/^\uFEFF/, '') ?? '')) return { header: '', body: text, offset: 0 };
  return { header: lines.slice(0, end).join('\n'), body: lines.slice(end + 1).join('\n'), offset: end + 1 };
}

/** The line of a header that begins with these words, without them. */
export function noted(header: string, name: RegExp): string | undefined {
  const line = header.split('\n').find((one) => name.test(one));
  return line?.slice(line.indexOf(':') + 1).trim();
}

const NUMBER = /(?<![\d/])(\d{1,4}\/(?:\d{4}\/)?(?:[\p{Lu}Đ][\p{L}\d]*)(?:-[\p{Lu}\d][\p{L}\d]*)*)/u;
const NUMBER_LINE = /^(?:Luật\s+)?[Ss]ố\s*:\s*/u;
const HEAD_LINES = 60;

/** The official number of the document, from the note, else from the line "Số: …" of its head. */
export function findNumber({ header, body }: Opened): string | undefined {
  const title = noted(header, /^Văn bản\s*:/u);
  if (title !== undefined) return NUMBER.exec(title)?.[1];
  const lines = body
    .normalize('NFC')
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .slice(0, HEAD_LINES);
  const at = lines.findIndex((line) => NUMBER_LINE.test(line));
  if (at < 0) return undefined;
  // "Số:" and the number may stand on two lines.
  return NUMBER.exec(`${lines[at]?.replace(NUMBER_LINE, '') ?? ''} ${lines[at + 1] ?? ''}`)?.[1];
}

const DRAFT = /KHÔNG[- ]PHẢI[- ]LUẬT|KHONG-PHAI-LUAT|DỰ THẢO/iu;
const RETOLD = /KHÔNG phải nguyên văn/iu;
const RETOLD_NOTE = /bản dịch|tóm lược|điểm mới|viết lại|diễn lại(?!.*(?:nguyên văn|đủ))/iu;
const UNSURE_NUMBER = /theo trí nhớ|số điều không hiện/iu;

/** Why a file may not be loaded as the words of a document, by what it says of itself. */
export function refusal(name: string, { header, body }: Opened): { fault: TextFault; detail: string } | null {
  const head = body.split('\n').slice(0, HEAD_LINES).join('\n');
  const title = noted(header, /^Văn bản\s*:/u) ?? '';
  const draft = DRAFT.exec(name) ?? DRAFT.exec(title) ?? /^\s*DỰ THẢO/mu.exec(head);
  if (draft) return { fault: 'draft', detail: draft[0].trim() };
  const full = noted(header, /^Mức đầy đủ\s*:/u) ?? '';
  const retold =
    RETOLD.exec(header) ??
    RETOLD_NOTE.exec(full) ??
    RETOLD_NOTE.exec(title) ??
    /viết lại/u.exec(noted(header, /^Nguồn\s*:/u) ?? '');
  return retold ? { fault: 'retold', detail: retold[0] } : null;
}

/** The article that an excerpt without headings belongs to, where its note names just one ("… — Điều 73 k.1 (…)"). */
export function articleOfNote(header: string): string | undefined {
  if (UNSURE_NUMBER.test(header)) return undefined;
  const title = noted(header, /^Văn bản\s*:/u) ?? '';
  return /— Điều (\d{1,3})(?![\d,]|\s*[-–]\s*\d|; Điều|, Điều)(?!.*Điều \d)/u.exec(title)?.[1];
}

/** The lines at which an excerpt goes over to another document: "QĐ 14/2024/QĐ-UBND …:". */
export function otherDocuments({ body }: Opened, number: string): number[] {
  return body.split('\n').flatMap((line, at) => {
    const named = /^(?:QĐ|NĐ|TT|Luật)\s.*:\s*$/u.test(line) ? NUMBER.exec(line)?.[1] : undefined;
    return named !== undefined && named !== number ? [at + 1] : [];
  });
}

/** True when the page that an excerpt comes from put its own bullets in place of numbers and letters. */
export const hasOwnBullets = (header: string): boolean => /dấu đầu dòng/iu.test(header);

const SHORT_DAY = /(\d{1,2})\/(\d{1,2})\/(\d{4})/;
const ENDED = /HẾT HIỆU LỰC/u;
const IN_FORCE_WORDS =
  /(?:Luật|Nghị định|Thông tư|Quyết định|Quy định|Nghị quyết) này có hiệu lực(?: thi hành)?(?: kể)? từ ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})/u;

/** Since when the document holds: from its note ("hiệu lực 15/12/2025"), else from its own words. */
export function findFrom({ header, body }: Opened): LocalDate | undefined {
  const told = LIFE_LINES(header).map((line) => /hiệu lực[^\d]{0,10}(\d{1,2}\/\d{1,2}\/\d{4})/u.exec(line)?.[1]);
  const day = told.find((one) => one !== undefined);
  if (day !== undefined) return shortDay(day);
  const match = IN_FORCE_WORDS.exec(body.normalize('NFC').replace(/\s+/g, ' '));
  return match ? isoDay(match[1], match[2], match[3]) : undefined;
}

/** The first day on which it no longer holds, where the note says so; null where it only says that it ended. */
export function findEnd(name: string, header: string): LocalDate | null | undefined {
  const ended = LIFE_LINES(header).filter((line) => ENDED.test(line));
  const day = ended.map((line) => SHORT_DAY.exec(line.slice(line.search(ENDED)))?.[0]).find((one) => one !== undefined);
  if (day !== undefined) return shortDay(day) ?? null;
  return ended.length > 0 || /HET-HIEU-LUC/i.test(name) ? null : undefined;
}

// Other lines of a note speak of other documents too ("đã bị sửa đổi bởi … (hiệu lực 01/10/2026)").
const LIFE_LINES = (header: string): string[] =>
  header.split('\n').filter((line) => /^(?:Văn bản\s*:|Hiệu lực\s*:|HẾT HIỆU LỰC)/u.test(line));

function shortDay(text: string): LocalDate | undefined {
  const match = SHORT_DAY.exec(text);
  return match ? isoDay(match[1], match[2], match[3]) : undefined;
}

function isoDay(day = '', month = '', year = ''): LocalDate | undefined {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isLocalDate(text) ? text : undefined;
}
