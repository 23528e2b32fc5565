import { describe, expect, it } from 'vitest';
import { ask } from './knowledge-of-tests.js';

describe('what a question names to leave it out', () => {
  it.each([
    ['cá nhân chứ không phải tập thể, bằng khen tỉnh thưởng bao nhiêu', 'Bằng khen cấp tỉnh: 3.800.000 đ'],
    ['không phải hộ gia đình mà cá nhân, bằng khen tỉnh thưởng mấy', 'Bằng khen cấp tỉnh: 3.800.000 đ'],
    ['không phải CSTĐCS mà là CSTĐ tỉnh, thưởng bao nhiêu', 'Chiến sĩ thi đua cấp tỉnh: 7.590.000 đ'],
  ])('is not answered: %s', (question, said) => expect(ask(question).text).toContain(said));

  it.each(['ngoài chủ tịch xã còn ai tặng CSTĐCS', 'ngoại trừ chủ tịch xã thì ai tặng giấy khen'])(
    'leaves the others: %s',
    (question) => expect(ask(question).cards).toEqual(['tham-quyen-co-so']),
  );
});

describe('a collective', () => {
  it.each([
    ['xã được bằng khen tỉnh thưởng bao nhiêu', '7.590.000 đ'],
    ['trường tiểu học Minh Khai được bằng khen tỉnh thưởng bao nhiêu', '7.590.000 đ'],
    ['thôn được giấy khen xã thưởng mấy tiền', '1.520.000 đ'],
    ['đơn vị được huân chương lao động hạng nhất thưởng bao nhiêu', '45.540.000 đ'],
  ])('is known by what it is: %s', (question, amount) => expect(ask(question).text).toContain(`(tập thể): ${amount}`));

  it('has criteria of its own, or is handed over', () => {
    expect(ask('xã được bằng khen tỉnh cần gì').cards).toEqual(['bk-tinh-tap-the']);
    expect(ask('phòng ban được bằng khen thủ tướng cần gì').outcome).toBe('hand_over');
  });

  it.each([
    'chủ tịch xã được bằng khen tỉnh thưởng bao nhiêu',
    'tổ trưởng được giấy khen thưởng bao nhiêu',
    'cán bộ xã được bằng khen tỉnh thưởng bao nhiêu',
  ])('is none where a person of it is meant: %s', (question) => expect(ask(question).text).not.toContain('(tập thể)'));
});

describe('who gives', () => {
  it.each([
    'CSTĐCS của chủ tịch xã do ai tặng',
    'ai khen chủ tịch xã',
    'giám đốc sở có được chủ tịch tỉnh tặng giấy khen không',
    'hiệu trưởng được ai tặng CSTĐCS',
  ])('is not whoever gets it: %s', (question) => {
    expect(ask(question)).toMatchObject({ outcome: 'hand_over', cards: ['khen-nguoi-dung-dau'] });
  });

  it.each([
    'bằng khen của tỉnh ủy thưởng bao nhiêu',
    'Ban Chấp hành Đoàn tỉnh tặng bằng khen thưởng mấy',
    'giấy khen của Liên đoàn Lao động xã thưởng bao nhiêu',
    'bằng khen của HĐND tỉnh thưởng bao nhiêu',
  ])('is not the state: %s', (question) => expect(ask(question).outcome).toBe('hand_over'));

  it('is another question than who pays', () => {
    expect(ask('tiền thưởng LĐTT do xã chi hay tỉnh chi').cards).toEqual(['tien-ai-chi']);
  });
});

describe('a document', () => {
  it.each([
    'Thông tư 15/2025/TT-BGDĐT có hiệu lực không',
    'thông tư 02/2023/TT-BGDĐT còn hiệu lực không',
    'văn bản hợp nhất 15/VBHN-VPQH',
    'Chỉ thị 35-CT/TW là gì',
    'Luật 06/2026/QH15 là gì',
    'nghị định 153 có hiệu lực từ khi nào',
  ])('is its number with its issuer: %s', (question) => {
    expect(ask(question).outcome).toBe('hand_over');
    expect(ask(question).text).toContain('không có văn bản đúng loại và số');
  });

  it.each(['chỉ thị 41-CT/TW là gì', '152/2025/NĐ-CP hết hiệu lực ngày nào', 'thông tư 15/2025/TT-BNV là gì'])(
    'is found by it: %s',
    (question) => expect(ask(question).outcome).toBe('answer_with_warning'),
  );
});
