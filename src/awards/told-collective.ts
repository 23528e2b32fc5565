/** A collective told by what it is: "xã được bằng khen tỉnh", "phòng em được giấy khen". */
import type { Token } from './vietnamese.js';

// "trưởng phòng" is a person, "trường" a school: without marks only what follows tells.
const UNIT = String.raw`(?:xa|phuong|truong(?= (?:tieu hoc|mam non|thcs|thpt|th|mn|hoc|em|toi|minh|chung|duoc|muon))|thon|to dan pho|so|don vi|doi|phong|to|cau lac bo|clb|lop|nhom|hop tac xa|htx|co quan|tram|benh vien|khoa|ban|chi hoi|chi doan|hoi dong nhan dan)`;
const PERSON = String.raw`(?!(?:truong|pho|vien|can bo|chu tich|giam doc|nguoi|ong|ba|dong chi)\b)`;
const GOT = String.raw`(?:vua |da |muon |moi )?(?:duoc|nhan|dat)(?: tang| thuong| khen| khen thuong)*`;
const FORM = String.raw`(?:bang khen|giay khen|huan chuong|hcld|bk|gk)`;
// Only where a clause begins: "cán bộ xã được bằng khen" is a person.
const TOLD = new RegExp(
  String.raw`(?:^|\b(?:thi|neu|khi|hoi|cho hoi|vay|voi) )${UNIT}(?: ${PERSON}\S+){0,4}? ${GOT} ${FORM}\b`,
);
// "xã được tặng giấy khen không" asks what the commune may give.
const WANTS = /\b(?:thuong|tien|bao nhieu|can gi|can nhung gi|dieu kien|tieu chuan|nhu the nao|ra sao)\b/;

/** True when a unit is said to get, or to want, what people and collectives both get. */
export function tellsCollective(tokens: readonly Token[]): boolean {
  const text = tokens.map(({ folded }) => folded).join(' ');
  return TOLD.test(text) && WANTS.test(text);
}
