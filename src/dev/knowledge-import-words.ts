/** What `knowledge:import` says to the person who runs it. */
import type { OfficialText, TextProblem } from '../awards/index.js';

const REASONS: Readonly<Record<TextProblem['fault'], string>> = {
  'no-file': 'không có tệp này',
  empty: 'tệp trống',
  'too-large': 'lớn hơn 8 MB, không phải văn bản chữ',
  binary: 'không phải văn bản chữ UTF-8 hay UTF-16',
  pdf: 'tệp PDF: mở tệp, sao chép lời văn vào tệp .txt (UTF-8) rồi nạp',
  zip: 'tệp Word/nén: lưu thành văn bản thuần .txt (UTF-8) rồi nạp',
  draft: 'dự thảo không phải luật, không nạp làm văn bản chính thức',
  retold: 'không phải nguyên văn (bản dịch, tóm lược hoặc diễn lại)',
  'no-number': 'không thấy số hiệu ở phần đầu; thêm --document SỐ HIỆU',
  'other-number': 'phần đầu ghi số hiệu khác với --document',
  'no-from': 'không rõ ngày có hiệu lực; thêm --from NGÀY',
  ended: 'văn bản đã hết hiệu lực nhưng không rõ từ ngày nào; thêm --to NGÀY',
  'wrong-span': 'ngày hết hiệu lực không sau ngày có hiệu lực',
  'no-article': 'không thấy "Điều" nào',
  'article-twice': 'Điều này đã có ở trên',
  'two-documents': 'từ đây là một văn bản khác; tách thành hai tệp',
  conflict: 'lời văn khác với bản đã nạp của cùng văn bản, cùng ngày hiệu lực; nếu là bản sửa đổi, thêm --from NGÀY',
};

/** File, line and reason. */
export function tellProblem(file: string, { fault, line, detail }: TextProblem): string {
  const at = line === 0 ? '' : `:${String(line)}`;
  return `${file}${at}: ${REASONS[fault]}${detail === undefined ? '' : ` (${detail})`}`;
}

/** What became of a file: how much was found in it, and what was not understood. */
export function describeCounts(
  file: string,
  read: {
    readonly text: OfficialText;
    readonly offset: number;
    readonly parsed: { readonly doubts: readonly number[]; readonly skipped: readonly number[]; readonly gaps: number };
  },
  merged: { readonly text: OfficialText; readonly changed: boolean },
): string[] {
  const { text, parsed, offset } = read;
  const articles = new Set(
    text.passages.flatMap((one) => (one.article === undefined ? [] : [`${String(one.part)}.${one.article}`])),
  );
  const count = (kind: string) => String(text.passages.filter((one) => one.kind === kind).length);
  const cut = text.passages.filter((one) => one.cut).length;
  const span = `${text.from}${text.to === undefined ? '' : ` đến trước ${text.to}`}`;
  const state = merged.changed
    ? `đã nạp (${merged.text.partial ? 'trích' : 'toàn văn'})`
    : 'đã có từ trước, không đổi gì';
  return [
    `${file}: ${text.number}, hiệu lực từ ${span}: ${String(articles.size)} điều, ${count('clause')} khoản, ${count('point')} điểm – ${state}`,
    ...(cut > 0 ? [`  ${String(cut)} đoạn bị cắt hoặc không nguyên văn: không dùng để đối chiếu`] : []),
    ...(parsed.gaps > 0 ? [`  ${String(parsed.gaps)} chỗ ghi là lược bỏ`] : []),
    ...(parsed.skipped.length > 0
      ? [`  bỏ qua ${String(parsed.skipped.length)} dòng đầu trang, số trang, nét kẻ`]
      : []),
    ...(parsed.doubts.length > 0
      ? [`  không rõ cấp, giữ trong đoạn trước: dòng ${parsed.doubts.map((line) => String(line + offset)).join(', ')}`]
      : []),
  ];
}
