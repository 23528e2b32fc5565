/**
 * Days off of 2026 and 2027 that are certain; an officer adds the rest when it is announced.
 *
 * - 1/1, 30/4, 1/5 and 2/9 stand in the Labour Code (Art. 112); 24/11 was added by Nghị quyết 28/2026/QH16 from 01/7/2026.
 *   A day off that falls on a weekend is made up on the next working day (Art. 111).
 * - Tết 2026 is as announced (14–22/02/2026). Tết 2027 is not: mùng 1 is 06/02/2027, and 05, 08 and 09/02 are off under
 *   each of the three choices that the rules leave; the other days are left out.
 * - Giỗ Tổ (10/3 of the lunar calendar) is 26/4/2026, a Sunday, and 16/4/2027.
 * - The second day of Quốc khánh (1/9 or 3/9) is chosen every year and left out.
 */
export const HOLIDAYS: readonly { readonly on: string; readonly name: string }[] = [
  { on: '2026-01-01', name: 'Tết Dương lịch' },
  { on: '2026-02-16', name: 'Tết Nguyên đán Bính Ngọ' },
  { on: '2026-02-17', name: 'Tết Nguyên đán Bính Ngọ' },
  { on: '2026-02-18', name: 'Tết Nguyên đán Bính Ngọ' },
  { on: '2026-02-19', name: 'Tết Nguyên đán Bính Ngọ' },
  { on: '2026-02-20', name: 'Tết Nguyên đán Bính Ngọ' },
  { on: '2026-04-26', name: 'Giỗ Tổ Hùng Vương' },
  { on: '2026-04-27', name: 'Nghỉ bù Giỗ Tổ Hùng Vương' },
  { on: '2026-04-30', name: 'Ngày Chiến thắng' },
  { on: '2026-05-01', name: 'Ngày Quốc tế Lao động' },
  { on: '2026-09-02', name: 'Quốc khánh' },
  { on: '2026-11-24', name: 'Ngày Văn hóa Việt Nam' },
  { on: '2027-01-01', name: 'Tết Dương lịch' },
  { on: '2027-02-05', name: 'Tết Nguyên đán Đinh Mùi' },
  { on: '2027-02-06', name: 'Tết Nguyên đán Đinh Mùi' },
  { on: '2027-02-08', name: 'Tết Nguyên đán Đinh Mùi' },
  { on: '2027-02-09', name: 'Tết Nguyên đán Đinh Mùi' },
  { on: '2027-04-16', name: 'Giỗ Tổ Hùng Vương' },
  { on: '2027-04-30', name: 'Ngày Chiến thắng' },
  { on: '2027-05-01', name: 'Ngày Quốc tế Lao động' },
  { on: '2027-05-03', name: 'Nghỉ bù Ngày Quốc tế Lao động' },
  { on: '2027-09-02', name: 'Quốc khánh' },
  { on: '2027-11-24', name: 'Ngày Văn hóa Việt Nam' },
];
