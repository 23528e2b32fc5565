/** Takes phone and identity numbers out of what people write, before it is stored. */
const MASK = '***';
// Money never begins with 0 and is written with a unit; phone and citizen numbers begin with 0 or +84.
const UNIT = /(?!\s*(?:đồng|đ(?!\p{L})|triệu|t[ỷỉ]|vnd))/iu.source;
const DAY = /(?!\d{1,2}[.-]\d{1,2}[.-]\d{4})/.source;
const PHONE = new RegExp(`(?<![\\d.,])${DAY}(?:\\+?84|0)(?:[ .-]?\\d){9,10}(?!\\d)(?!\\.\\d)${UNIT}`, 'giu');
const CITIZEN = new RegExp(`(?<![\\d.,])0\\d{2}(?:[ .-]?\\d{3}){3}(?!\\d)${UNIT}`, 'giu');
const OLD_ID = new RegExp(`(?<![\\d.,])(?:\\d{9}|\\d{12})(?![\\d.,])${UNIT}`, 'giu');
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

/** The text with phone numbers, identity numbers and addresses of e-mail replaced by `***`. */
export function maskPersonal(text: string): string {
  return text.replace(EMAIL, MASK).replace(CITIZEN, MASK).replace(PHONE, MASK).replace(OLD_ID, MASK);
}
