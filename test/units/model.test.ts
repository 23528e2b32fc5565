import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/conversation/index.js';
import {
  describeRule,
  EMPTY_RULE,
  looksLikeInvitation,
  matchUnits,
  readInvitationCode,
  searchUnits,
  type Unit,
} from '../../src/units/index.js';

const make = (code: string, name: string, more: Partial<Unit> = {}): Unit => ({
  id: code,
  code,
  name,
  shortName: name,
  type: 'phuong',
  level: 'xa',
  parentId: null,
  validFrom: null,
  validTo: null,
  ...more,
});

const UNITS: readonly Unit[] = [
  make('ubnd-tinh', 'Ủy ban nhân dân tỉnh', { type: 'khac', level: 'tinh' }),
  make('so-y-te', 'Sở Y tế', { type: 'so', level: 'tinh' }),
  make('so-gddt', 'Sở Giáo dục và Đào tạo', { type: 'so', level: 'tinh', shortName: 'Sở GDĐT' }),
  make('p-phu-ly', 'Phường Phủ Lý', { validFrom: '2025-07-01' }),
  make('p-phu-van', 'Phường Phù Vân', { validFrom: '2025-07-01' }),
  make('huyen-phu-ly', 'Phủ Lý (cấp huyện cũ)', { type: 'huyen', level: 'huyen', validTo: '2025-06-30' }),
  make('x-ly-nhan', 'Xã Lý Nhân', { type: 'xa', validFrom: '2025-07-01' }),
  make('x-nam-ly', 'Xã Nam Lý', { type: 'xa', validFrom: '2025-07-01' }),
];
const codes = (units: readonly Unit[]): string[] => units.map((unit) => unit.code);
const TODAY = '2026-11-23';

describe('a rule of audience', () => {
  const of = (rule: Partial<typeof EMPTY_RULE>, day = TODAY, places: Parameters<typeof matchUnits>[2] = []) =>
    codes(matchUnits({ ...EMPTY_RULE, ...rule }, UNITS, places, day));

  it('means nobody when it says nothing', () => {
    expect(of({})).toEqual([]);
  });

  it('means every unit that any of its entries names, once', () => {
    expect(of({ types: ['so'], units: ['so-y-te', 'p-phu-ly'] })).toEqual(['so-y-te', 'so-gddt', 'p-phu-ly']);
  });

  it('means only units that exist on the day', () => {
    expect(of({ types: ['phuong', 'khac'] })).toEqual(['ubnd-tinh', 'p-phu-ly', 'p-phu-van']);
    expect(of({ types: ['phuong', 'huyen'] }, '2025-06-30')).toEqual(['huyen-phu-ly']);
  });

  it('follows the places in a cluster by their dates', () => {
    const places = [
      { clusterId: 'c1', unitId: 'p-phu-ly', validFrom: '2026-01-01', validTo: '2026-06-30' },
      { clusterId: 'c1', unitId: 'p-phu-van', validFrom: '2026-07-01', validTo: null },
      { clusterId: 'c2', unitId: 'x-ly-nhan', validFrom: '2026-01-01', validTo: null },
    ];
    expect(of({ clusters: ['c1'] }, '2026-05-01', places)).toEqual(['p-phu-ly']);
    expect(of({ clusters: ['c1'] }, TODAY, places)).toEqual(['p-phu-van']);
  });

  it('leaves the province itself out unless it is named', () => {
    expect(of({ levels: ['tinh'] })).toEqual(['so-y-te', 'so-gddt']);
    expect(of({ units: ['ubnd-tinh'] })).toEqual(['ubnd-tinh']);
  });

  it('is described in words', () => {
    const names = {
      clusterName: () => 'Cụm thi đua số 1',
      unitName: (id: string) => UNITS.find((unit) => unit.id === id)?.name ?? '',
    };
    const words = (rule: Partial<typeof EMPTY_RULE>): string =>
      renderText(describeRule({ ...EMPTY_RULE, ...rule }, names), 'vi');
    expect(words({ types: ['so'], clusters: ['c1'], units: ['p-phu-ly'] })).toBe('sở, Cụm thi đua số 1, Phường Phủ Lý');
    expect(words({ units: ['so-y-te', 'so-gddt', 'p-phu-ly', 'p-phu-van'] })).toBe('4 đơn vị được chọn');
    expect(words({})).toBe('chưa chọn đơn vị nào');
  });
});

describe('searching a unit', () => {
  it.each([
    ['phu ly', ['p-phu-ly']],
    ['Phủ Lý', ['p-phu-ly']],
    ['PHƯỜNG PHỦ LÝ', ['p-phu-ly']],
    ['p phu ly', ['p-phu-ly']],
    ['p-phu-ly', ['p-phu-ly']],
    ['so gddt', ['so-gddt']],
    ['giao duc', ['so-gddt']],
    ['y te', ['so-y-te']],
    ['ly nhan', ['x-ly-nhan']],
  ])('finds %s', (typed, expected) => {
    expect(codes(searchUnits(UNITS, typed, TODAY))).toEqual(expected);
  });

  it('forgives a slip of the finger', () => {
    expect(codes(searchUnits(UNITS, 'phuong phu lyy', TODAY))[0]).toBe('p-phu-ly');
  });

  it('offers all that a vague word may mean', () => {
    expect(codes(searchUnits(UNITS, 'ly', TODAY)).sort()).toEqual(['p-phu-ly', 'x-ly-nhan', 'x-nam-ly']);
  });

  it('finds nothing for nothing and for nonsense', () => {
    expect(searchUnits(UNITS, '   ', TODAY)).toEqual([]);
    expect(searchUnits(UNITS, 'qwzx', TODAY)).toEqual([]);
  });

  it('finds a former unit only on a day on which it existed', () => {
    expect(codes(searchUnits(UNITS, 'phu ly', '2024-01-01'))).toEqual(['huyen-phu-ly']);
  });
});

describe('an invitation code', () => {
  it('is read out of what people type', () => {
    expect(readInvitationCode('# ab2c-d3ef')).toBe('AB2CD3EF');
    expect(readInvitationCode('/start AB2CD3EF')).toBe('AB2CD3EF');
    expect(readInvitationCode('AB2CD3E')).toBeNull();
    expect(readInvitationCode('AB0CD1EF')).toBeNull();
  });

  it('is told apart from ordinary words and numbers', () => {
    expect(looksLikeInvitation('ab2cd3ef')).toBe(true);
    expect(looksLikeInvitation('#ab2cd3ef')).toBe(true);
    expect(looksLikeInvitation('23456789')).toBe(false);
    expect(looksLikeInvitation('banghkhen')).toBe(false);
    expect(looksLikeInvitation('tham gia')).toBe(false);
    expect(looksLikeInvitation('quy 3 2026')).toBe(false);
  });
});
