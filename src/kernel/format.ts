/** How dates, numbers and money are written for people: dd/MM/yyyy, 1.234,5, 3.800.000 đ. */
import { localDate, localTime, weekday, type LocalDate } from './local-date.js';

export type Language = 'vi' | 'en';

const WEEKDAYS: Record<Language, readonly string[]> = {
  vi: ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
};

/** `28/11/2026`. */
export function formatDate(day: LocalDate): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

/** `thứ Sáu, 28/11/2026`. */
export function formatDay(day: LocalDate, language: Language = 'vi'): string {
  return `${WEEKDAYS[language][weekday(day)] ?? ''}, ${formatDate(day)}`;
}

/** `09:14, 16/11/2026`. */
export function formatMoment(at: Date): string {
  return `${localTime(at)}, ${formatDate(localDate(at))}`;
}

/** `1.234,5`: at most `decimals` digits after the comma, none that are zero. */
export function formatNumber(value: number, decimals = 1): string {
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.');
  const rest = (fraction ?? '').replace(/0+$/, '');
  const text = rest === '' ? grouped : `${grouped},${rest}`;
  return value < 0 && text !== '0' ? `-${text}` : text;
}

/** `3.800.000 đ`. */
export function formatMoney(dong: number): string {
  return `${formatNumber(dong, 0)} đ`;
}

/** `91,8 %`; `–` where there is nothing to divide by. */
export function formatShare(part: number, whole: number): string {
  return whole === 0 ? '–' : `${formatNumber((part / whole) * 100, 1)} %`;
}

/** `212 kB`, `1,4 MB`. */
export function formatSize(bytes: number): string {
  return bytes < 1_000_000
    ? `${formatNumber(Math.max(1, bytes / 1000), 0)} kB`
    : `${formatNumber(bytes / 1_000_000)} MB`;
}
