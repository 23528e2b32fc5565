/** The people of the demo: sample names, one web contact each, seats in every unit. */
import { newId } from '../../kernel/ids.js';
import type { Role, SeatKind } from '../../kernel/people.js';
import { ROOT_CODE, TODAYS_UNITS, UNITS_WITHOUT_PEOPLE, type SampleUnit } from './province.js';

export interface SamplePerson {
  readonly id: string;
  readonly code: string;
  readonly fullName: string;
  readonly position: string;
  readonly unitCode: string;
  readonly role: Role | null;
  readonly seats: readonly { readonly unitCode: string; readonly kind: SeatKind }[];
}

/** The code of the web contact that anybody may be without being bound to a member. */
export const VISITOR_CODE = 'visitor';
/** Name on the platform of a demo person's web contact. */
export const demoExternalId = (code: string): string => `demo:${code}`;

const FAMILY = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ', 'Ngô'] as const;
const MIDDLE = ['Văn', 'Thị', 'Đức', 'Thu', 'Quang', 'Ngọc', 'Minh'] as const;

/** "Trần Thị Mẫu 017": varied enough to tell apart, and never anybody real. */
export function sampleName(n: number): string {
  return `${FAMILY[n % FAMILY.length] ?? ''} ${MIDDLE[n % MIDDLE.length] ?? ''} Mẫu ${String(n).padStart(3, '0')}`;
}

const HEAD_POSTS: Readonly<Record<string, string>> = {
  so: 'Giám đốc',
  phuong: 'Chủ tịch UBND phường',
  xa: 'Chủ tịch UBND xã',
  'doanh-nghiep': 'Giám đốc',
  truong: 'Hiệu trưởng',
};

// One person with two seats, so that the flows have somebody to ask "thay mặt đơn vị nào".
const SECOND_SEAT = { holder: 'seat-x-ly-nhan', unitCode: 'x-vinh-tru', kind: 'deputy' } as const;

/** Everybody with a seat or a role, in a fixed order and with fixed names. */
export function buildPeople(): SamplePerson[] {
  const people: SamplePerson[] = [];
  const add = (
    code: string,
    position: string,
    unitCode: string,
    role: Role | null,
    seats: SamplePerson['seats'],
  ): void => {
    people.push({ id: newId(), code, fullName: sampleName(people.length + 1), position, unitCode, role, seats });
  };
  add('officer', 'Chuyên viên thi đua, khen thưởng', 'so-noi-vu', 'officer', []);
  add('officer2', 'Chuyên viên thi đua, khen thưởng', 'so-noi-vu', 'officer', []);
  add('leader', 'Lãnh đạo UBND tỉnh', ROOT_CODE, 'leader', []);
  add('admin', 'Quản trị hệ thống', 'so-noi-vu', 'admin', []);
  for (const [n, unit] of TODAYS_UNITS.entries()) {
    if (UNITS_WITHOUT_PEOPLE.includes(unit.code)) continue;
    const seat = (kind: SeatKind) => ({ unitCode: unit.code, kind });
    const second =
      SECOND_SEAT.holder === `seat-${unit.code}` ? [{ unitCode: SECOND_SEAT.unitCode, kind: SECOND_SEAT.kind }] : [];
    add(`seat-${unit.code}`, 'Công chức phụ trách thi đua, khen thưởng', unit.code, null, [seat('primary'), ...second]);
    if (hasDeputy(n, unit))
      add(`deputy-${unit.code}`, 'Người thay thế phụ trách thi đua, khen thưởng', unit.code, null, [seat('deputy')]);
    add(`head-${unit.code}`, HEAD_POSTS[unit.type] ?? 'Thủ trưởng', unit.code, null, [seat('head')]);
  }
  return people;
}

/** About half of the units, and always those that contracts and stories name. */
function hasDeputy(n: number, unit: SampleUnit): boolean {
  if (unit.code === SECOND_SEAT.unitCode) return false;
  return n % 2 === 0 || unit.code === 'p-phu-ly' || unit.code === 'so-y-te';
}
