/**
 * The units of the demo: "Tỉnh Ninh Bình (dữ liệu mẫu), địa bàn Hà Nam cũ".
 *
 * The 16 wards and 17 communes of the former Hà Nam, and the ten wards of Cụm thi đua số 1, are real, as of 01/7/2025
 * (Nghị quyết 1674/NQ-UBTVQH15). Departments and bodies are those a province has; enterprises and schools are plainly samples.
 */
import type { UnitLevel, UnitType } from '../../units/index.js';

export interface SampleUnit {
  readonly code: string;
  readonly name: string;
  readonly shortName: string;
  readonly type: UnitType;
  readonly level: UnitLevel;
  readonly parent?: string;
  readonly validFrom?: string;
  readonly validTo?: string;
}

export const ROOT_CODE = 'ubnd-tinh';
const MERGED_ON = '2025-07-01';
const LAST_OLD_DAY = '2025-06-30';

const root: SampleUnit = {
  code: ROOT_CODE,
  name: 'Ủy ban nhân dân tỉnh Ninh Bình (dữ liệu mẫu)',
  shortName: 'UBND tỉnh',
  type: 'khac',
  level: 'tinh',
};

const WARDS: readonly (readonly [code: string, name: string])[] = [
  ['p-ha-nam', 'Hà Nam'],
  ['p-phu-ly', 'Phủ Lý'],
  ['p-phu-van', 'Phù Vân'],
  ['p-chau-son', 'Châu Sơn'],
  ['p-liem-tuyen', 'Liêm Tuyền'],
  ['p-duy-tien', 'Duy Tiên'],
  ['p-duy-tan', 'Duy Tân'],
  ['p-dong-van', 'Đồng Văn'],
  ['p-duy-ha', 'Duy Hà'],
  ['p-tien-son', 'Tiên Sơn'],
  ['p-le-ho', 'Lê Hồ'],
  ['p-nguyen-uy', 'Nguyễn Úy'],
  ['p-ly-thuong-kiet', 'Lý Thường Kiệt'],
  ['p-kim-thanh', 'Kim Thanh'],
  ['p-tam-chuc', 'Tam Chúc'],
  ['p-kim-bang', 'Kim Bảng'],
];

/** Wards outside the former Hà Nam that compete with Phủ Lý, Đồng Văn and Duy Tiên in Cụm thi đua số 1. */
const NEIGHBOUR_WARDS: readonly (readonly [code: string, name: string])[] = [
  ['p-hoa-lu', 'Hoa Lư'],
  ['p-nam-dinh', 'Nam Định'],
  ['p-thien-truong', 'Thiên Trường'],
  ['p-nam-hoa-lu', 'Nam Hoa Lư'],
  ['p-tam-diep', 'Tam Điệp'],
  ['p-dong-a', 'Đông A'],
  ['p-tay-hoa-lu', 'Tây Hoa Lư'],
];

const COMMUNES: readonly (readonly [code: string, name: string])[] = [
  ['x-binh-luc', 'Bình Lục'],
  ['x-binh-my', 'Bình Mỹ'],
  ['x-binh-an', 'Bình An'],
  ['x-binh-giang', 'Bình Giang'],
  ['x-binh-son', 'Bình Sơn'],
  ['x-liem-ha', 'Liêm Hà'],
  ['x-tan-thanh', 'Tân Thanh'],
  ['x-thanh-binh', 'Thanh Bình'],
  ['x-thanh-lam', 'Thanh Lâm'],
  ['x-thanh-liem', 'Thanh Liêm'],
  ['x-ly-nhan', 'Lý Nhân'],
  ['x-nam-xang', 'Nam Xang'],
  ['x-bac-ly', 'Bắc Lý'],
  ['x-vinh-tru', 'Vĩnh Trụ'],
  ['x-tran-thuong', 'Trần Thương'],
  ['x-nhan-ha', 'Nhân Hà'],
  ['x-nam-ly', 'Nam Lý'],
];

const DEPARTMENTS: readonly (readonly [code: string, name: string, shortName: string])[] = [
  ['so-noi-vu', 'Sở Nội vụ', 'Sở Nội vụ'],
  ['so-y-te', 'Sở Y tế', 'Sở Y tế'],
  ['so-gddt', 'Sở Giáo dục và Đào tạo', 'Sở GDĐT'],
  ['so-tai-chinh', 'Sở Tài chính', 'Sở Tài chính'],
  ['so-xay-dung', 'Sở Xây dựng', 'Sở Xây dựng'],
  ['so-nnmt', 'Sở Nông nghiệp và Môi trường', 'Sở NNMT'],
  ['so-cong-thuong', 'Sở Công Thương', 'Sở Công Thương'],
  ['so-khcn', 'Sở Khoa học và Công nghệ', 'Sở KHCN'],
  ['so-vhtt', 'Sở Văn hóa và Thể thao', 'Sở VHTT'],
  ['so-du-lich', 'Sở Du lịch', 'Sở Du lịch'],
  ['so-tu-phap', 'Sở Tư pháp', 'Sở Tư pháp'],
];

const AGENCIES: readonly (readonly [code: string, name: string, shortName: string])[] = [
  ['van-phong-ubnd', 'Văn phòng Ủy ban nhân dân tỉnh', 'Văn phòng UBND tỉnh'],
  ['thanh-tra', 'Thanh tra tỉnh', 'Thanh tra tỉnh'],
  ['bql-kcn', 'Ban Quản lý các khu công nghiệp tỉnh', 'Ban QL KCN'],
  ['cong-an', 'Công an tỉnh', 'Công an tỉnh'],
  ['quan-su', 'Bộ Chỉ huy Quân sự tỉnh', 'Bộ CHQS tỉnh'],
  ['bhxh', 'Bảo hiểm xã hội tỉnh', 'BHXH tỉnh'],
  ['thue', 'Thuế tỉnh', 'Thuế tỉnh'],
  ['thong-ke', 'Thống kê tỉnh', 'Thống kê tỉnh'],
  ['bao-dai', 'Báo và phát thanh, truyền hình tỉnh', 'Báo và PT-TH tỉnh'],
];

const ORGANISATIONS: readonly (readonly [code: string, name: string, shortName: string])[] = [
  ['mttq', 'Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh', 'UBMTTQ tỉnh'],
  ['cong-doan', 'Liên đoàn Lao động tỉnh', 'LĐLĐ tỉnh'],
  ['hoi-phu-nu', 'Hội Liên hiệp Phụ nữ tỉnh', 'Hội LHPN tỉnh'],
  ['tinh-doan', 'Đoàn Thanh niên Cộng sản Hồ Chí Minh tỉnh', 'Tỉnh đoàn'],
  ['hoi-nong-dan', 'Hội Nông dân tỉnh', 'Hội Nông dân tỉnh'],
  ['hoi-ccb', 'Hội Cựu chiến binh tỉnh', 'Hội CCB tỉnh'],
];

const LETTERS = ['A', 'B', 'C', 'D', 'E', 'G'] as const;
const SCHOOLS = 6;

const OLD_DISTRICTS: readonly (readonly [code: string, name: string])[] = [
  ['huyen-phu-ly', 'Phủ Lý'],
  ['huyen-duy-tien', 'Duy Tiên'],
  ['huyen-kim-bang', 'Kim Bảng'],
  ['huyen-thanh-liem', 'Thanh Liêm'],
  ['huyen-binh-luc', 'Bình Lục'],
  ['huyen-ly-nhan', 'Lý Nhân'],
];

const commune =
  (prefix: string, type: 'phuong' | 'xa') =>
  ([code, name]: readonly [string, string]): SampleUnit => ({
    code,
    name: `${prefix} ${name}`,
    shortName: `${prefix} ${name}`,
    type,
    level: 'xa',
    parent: ROOT_CODE,
    validFrom: MERGED_ON,
  });

const body =
  (type: UnitType) =>
  ([code, name, shortName]: readonly [string, string, string]): SampleUnit => ({
    code,
    name,
    shortName,
    type,
    level: 'tinh',
    parent: ROOT_CODE,
  });

/** The units that take part today, in the order that gives them their sample numbers. */
export const TODAYS_UNITS: readonly SampleUnit[] = [
  ...DEPARTMENTS.map(body('so')),
  ...AGENCIES.map(body('ban-nganh')),
  ...ORGANISATIONS.map(body('doan-the')),
  ...WARDS.map(commune('Phường', 'phuong')),
  ...NEIGHBOUR_WARDS.map(commune('Phường', 'phuong')),
  ...COMMUNES.map(commune('Xã', 'xa')),
  ...LETTERS.map((letter): SampleUnit => ({
    code: `dn-mau-${letter.toLowerCase()}`,
    name: `Công ty mẫu ${letter}`,
    shortName: `Công ty mẫu ${letter}`,
    type: 'doanh-nghiep',
    level: 'co-so',
    parent: ROOT_CODE,
  })),
  ...Array.from({ length: SCHOOLS }, (_, n): SampleUnit => ({
    code: `thpt-mau-${String(n + 1)}`,
    name: `Trường THPT mẫu ${String(n + 1)}`,
    shortName: `THPT mẫu ${String(n + 1)}`,
    type: 'truong',
    level: 'co-so',
    parent: 'so-gddt',
  })),
];

/** What ended when the province was merged. */
const PAST_UNITS: readonly SampleUnit[] = [
  {
    code: 'tinh-ha-nam',
    name: 'Tỉnh Hà Nam (cũ)',
    shortName: 'Hà Nam (cũ)',
    type: 'khac',
    level: 'tinh',
    validTo: LAST_OLD_DAY,
  },
  ...OLD_DISTRICTS.map(([code, name]): SampleUnit => ({
    code,
    name: `${name} (cấp huyện cũ)`,
    shortName: `${name} (cũ)`,
    type: 'huyen',
    level: 'huyen',
    parent: 'tinh-ha-nam',
    validTo: LAST_OLD_DAY,
  })),
];

/** All units, parents first. */
export const UNITS: readonly SampleUnit[] = [root, ...PAST_UNITS, ...TODAYS_UNITS];

export interface SampleChange {
  readonly kind: 'merge' | 'dissolve';
  readonly from: string;
  readonly to: string | null;
  readonly on: string;
  readonly basis: string;
}

export const CHANGES: readonly SampleChange[] = [
  {
    kind: 'merge',
    from: 'tinh-ha-nam',
    to: ROOT_CODE,
    on: MERGED_ON,
    basis: 'Nghị quyết số 202/2025/QH15 ngày 12/6/2025',
  },
  ...OLD_DISTRICTS.map(([code]): SampleChange => ({
    kind: 'dissolve',
    from: code,
    to: null,
    on: MERGED_ON,
    basis: 'Luật số 72/2025/QH15 (chính quyền địa phương hai cấp)',
  })),
];

export interface SampleCluster {
  readonly code: string;
  readonly name: string;
  readonly units: readonly string[];
}

const CLUSTER_ONE = [
  'p-hoa-lu',
  'p-phu-ly',
  'p-nam-dinh',
  'p-thien-truong',
  'p-nam-hoa-lu',
  'p-dong-van',
  'p-duy-tien',
  'p-tam-diep',
  'p-dong-a',
  'p-tay-hoa-lu',
];
const codesOf = (type: UnitType): string[] =>
  TODAYS_UNITS.filter((unit) => unit.type === type).map((unit) => unit.code);

/** Cụm số 1 is real; how the others are drawn is sample. */
export const CLUSTERS: readonly SampleCluster[] = [
  { code: 'cum-1', name: 'Cụm thi đua số 1', units: CLUSTER_ONE },
  {
    code: 'cum-mau-2',
    name: 'Cụm thi đua mẫu 2',
    units: codesOf('phuong').filter((code) => !CLUSTER_ONE.includes(code)),
  },
  { code: 'cum-mau-3', name: 'Cụm thi đua mẫu 3', units: codesOf('xa').slice(0, 10) },
  { code: 'cum-mau-4', name: 'Cụm thi đua mẫu 4', units: codesOf('xa').slice(10) },
  { code: 'khoi-mau-1', name: 'Khối thi đua mẫu 1 (các sở)', units: codesOf('so') },
  { code: 'khoi-mau-2', name: 'Khối thi đua mẫu 2 (ban, ngành)', units: codesOf('ban-nganh') },
  { code: 'khoi-mau-3', name: 'Khối thi đua mẫu 3 (đoàn thể)', units: codesOf('doan-the') },
  { code: 'khoi-mau-4', name: 'Khối thi đua mẫu 4 (doanh nghiệp)', units: codesOf('doanh-nghiep') },
  { code: 'khoi-mau-5', name: 'Khối thi đua mẫu 5 (trường học)', units: codesOf('truong') },
];

export const CLUSTERS_SINCE = MERGED_ON;
/** Units without anybody, so that "chưa có đầu mối" has something to show. */
export const UNITS_WITHOUT_PEOPLE: readonly string[] = ['dn-mau-g', 'thpt-mau-6'];
