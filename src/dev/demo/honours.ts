/** Published exemplars of the demo: sample people, sample decisions. */
import type { Prisma } from '../../store/index.js';
import { newCode, newId } from '../../kernel/ids.js';
import { addDays, atLocal, localDate, toDbDate } from '../../kernel/local-date.js';
import type { Unit } from '../../units/index.js';
import { sampleName } from './people.js';

interface SampleHonour {
  readonly unit: string;
  readonly place: string;
  readonly deed: string;
  readonly story: string;
  readonly award: string;
  readonly stage: 'tong-ket' | 'nhan-rong';
}

const BY_PROVINCE = 'Bằng khen của Chủ tịch UBND tỉnh (mẫu)';
const BY_COMMUNE = 'Giấy khen của Chủ tịch UBND xã, phường (mẫu)';

const HONOURS: readonly SampleHonour[] = [
  {
    unit: 'p-duy-tien',
    place: 'Trạm Y tế phường Duy Tiên',
    stage: 'nhan-rong',
    award: BY_PROVINCE,
    deed: '12 năm không bỏ một ca trực đêm giao thừa',
    story:
      'Nhà cách trạm bốn cây số, năm nào cũng nhận ca trực đêm cuối năm để đồng nghiệp về với gia đình. Những đêm ấy trạm đã kịp thời đỡ nhiều ca chuyển dạ và cấp cứu.',
  },
  {
    unit: 'x-binh-luc',
    place: 'Thôn mẫu 2, xã Bình Lục',
    stage: 'nhan-rong',
    award: BY_PROVINCE,
    deed: 'Hiến 320 m² đất vườn để mở rộng đường làng',
    story:
      'Bàn với gia đình rồi tự tháo cổng, lùi tường, sau đó đến từng nhà vận động. Con đường rộng gấp đôi, xe cứu thương vào được tận ngõ.',
  },
  {
    unit: 'thpt-mau-1',
    place: 'Trường THPT mẫu 1',
    stage: 'tong-ket',
    award: BY_PROVINCE,
    deed: 'Mở lớp học buổi tối miễn phí cho học sinh có hoàn cảnh khó khăn',
    story:
      'Ba năm liền, mỗi tuần ba buổi, thầy dạy toán cho những em không có điều kiện học thêm; nhiều em đã vào được trường nghề và đại học.',
  },
  {
    unit: 'dn-mau-a',
    place: 'Tổ sản xuất số 3, Công ty mẫu A',
    stage: 'tong-ket',
    award: BY_COMMUNE,
    deed: 'Cải tiến đồ gá giúp tổ giảm một phần ba thời gian lắp ráp',
    story: 'Người thợ tự đo, vẽ và làm thử đồ gá từ vật liệu thừa, rồi hướng dẫn lại cho các tổ khác cùng làm.',
  },
];

/** One honour every few days before `now`, the newest first. */
export function buildHonours(units: readonly Unit[], officerId: string, now: Date): Prisma.HonourCreateManyInput[] {
  return HONOURS.map((honour, n) => {
    const published = addDays(localDate(now), -3 - 9 * n);
    const decided = addDays(published, -4);
    return {
      id: newId(),
      code: newCode('GH'),
      personName: sampleName(801 + n),
      unitName: honour.place,
      unitId: units.find((unit) => unit.code === honour.unit)?.id ?? null,
      deed: honour.deed,
      story: honour.story,
      award: honour.award,
      decisionNumber: `${String(101 + n)}/QĐ-MẪU`,
      decisionOn: toDbDate(decided),
      consent: 'Đồng ý bằng văn bản (mẫu)',
      stage: honour.stage,
      state: 'published',
      publishedAt: atLocal(published, '09:00'),
      publishedById: officerId,
    };
  });
}
