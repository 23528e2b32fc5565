import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerer, type Topic } from '../../src/awards/index.js';
import type { Card } from '../../src/awards/model.js';
import { answerer, ask, knowledge, TODAY } from './knowledge-of-tests.js';

const WARNING = '⚠️';

describe('warnings', () => {
  it('stand under every answer that rests on the 2022 law from 01/10/2026 on, and not a day earlier', () => {
    const before = ask('tiêu chuẩn tập thể lao động xuất sắc', '2026-09-30');
    const after = ask('tiêu chuẩn tập thể lao động xuất sắc', '2026-10-01');
    expect([before.outcome, before.text.includes(WARNING)]).toEqual(['answer', false]);
    expect([after.outcome, after.text.includes(WARNING)]).toEqual(['answer_with_warning', true]);
  });

  it('are strong for the articles that were announced to change', () => {
    expect(ask('tiêu chuẩn CSTĐCS').text).toContain('phải đối chiếu bản sửa đổi');
    expect(ask('tiêu chuẩn LĐTT').text).not.toContain('phải đối chiếu bản sửa đổi');
  });

  it('stand under what was read second-hand, on any day', () => {
    expect(ask('tiêu chuẩn tập thể lao động tiên tiến', '2025-08-01').outcome).toBe('answer_with_warning');
  });

  it('hold for every card: no answer on the 2022 law or from a summary comes without one', () => {
    for (const card of knowledge.cards.filter((one) => one.outcome === 'answer')) {
      const reply = answerer.card(card.id, { asOf: TODAY });
      const rests =
        reply?.citations.some((one) => one.document === '06/2022/QH15') === true || card.certainty === 'VERIFIED-2';
      if (rests) expect([card.id, reply?.outcome]).toEqual([card.id, 'answer_with_warning']);
    }
  });
});

describe('the day asked about', () => {
  it('brings the old rule back when the question names its time, and says that it is old', () => {
    const reply = ask('Năm 2023 CSTĐCS được tối đa bao nhiêu phần trăm?');
    expect(reply.citations).toEqual([{ document: '91/2017/NĐ-CP', article: '9', clause: '3' }]);
    expect(reply.text).toContain('31/12/2023');
  });

  it('brings the old rule back where today’s card only says that nothing is known', () => {
    expect(ask('năm 2024 hội đồng bỏ phiếu phải đạt bao nhiêu %').cards).toEqual(['bo-phieu-nd98']);
    expect(ask('hội đồng bỏ phiếu phải đạt bao nhiêu %').outcome).toBe('hand_over');
  });

  it('is told by a bare year too, where the answer depends on it', () => {
    expect(ask('CSTĐCS 2023 thưởng bao nhiêu').outcome).toBe('hand_over');
    expect(ask('LĐTT 2025 thưởng bao nhiêu').text).toContain('710.000 đ');
    expect(ask('tiêu chuẩn CSTĐCS 2023').citations[0]?.document).toBe('91/2017/NĐ-CP');
    expect(ask('tiêu chuẩn LĐTT theo luật 2022').citations[0]?.document).toBe('06/2022/QH15');
  });

  it('lies ahead: the answer says that the rules are those of today', () => {
    expect(ask('lương cơ sở năm 2027').text).toContain('đến 31/12/2027 quy định có thể đã thay đổi');
  });

  it('does not take the years of a person’s own awards for the law of that time', () => {
    expect(ask('em đạt CSTĐCS năm 2024 và 2025 thì được đề nghị gì').citations[0]?.document).toBe('06/2022/QH15');
  });

  it('is after the end of the decree: what rested on it is handed over, not answered', () => {
    expect(ask('nghỉ thai sản có được xét thi đua không', '2027-02-28').outcome).toBe('answer');
    expect(ask('nghỉ thai sản có được xét thi đua không', '2027-03-01').outcome).toBe('hand_over');
  });

  it('names a dead document: the answer says so and names its successor', () => {
    const reply = ask('Nghị định 98/2023/NĐ-CP điều mấy nói về tiền thưởng?');
    expect(reply.text).toContain('hết hiệu lực từ 01/07/2025');
    expect(reply.citations.map((one) => one.document)).toContain('152/2025/NĐ-CP');
  });
});

describe('words that touch each other', () => {
  it('are cut where their meaning is: the field is no bonus, a paper is not the field', () => {
    expect(ask('báo cáo công tác thi đua khen thưởng mấy lần một năm').cards).toEqual(['bao-cao-dinh-ky']);
    expect(ask('tập thể được tặng giấy khen thưởng bao nhiêu').cards).toEqual(['tien-giay-khen']);
  });

  it('do not lead out of the field where marks are missing', () => {
    expect(ask('cung mot thanh tich co duoc tang ca giay khen va bang khen khong').cards).toEqual(['mot-thanh-tich']);
    expect(ask('nhan vien lam tang ca duoc bao nhieu').outcome).toBe('out_of_scope');
  });
});

describe('the day of a bonus', () => {
  const amount = (question: string) => /: ([\d.]+) đ\./.exec(ask(question).text)?.[1];

  it.each([
    'LĐTT ký tháng 6 năm 2026 bao nhiêu tiền',
    'LĐTT ký ngày 15 tháng 6 năm 2026 bao nhiêu tiền',
    'LĐTT ký ngày 15/6 bao nhiêu tiền',
    'LĐTT quý 2 năm 2026 bao nhiêu tiền',
    'LĐTT 6 tháng đầu năm 2026 bao nhiêu tiền',
    'tôi được LĐTT ngày 15/5/2026 thưởng bao nhiêu',
  ])('is read however it is told: %s', (question) => expect(amount(question)).toBe('710.000'));

  it.each([
    'LĐTT trước 2024 thưởng bao nhiêu',
    'CSTĐCS hồi 2021 thưởng bao nhiêu',
    'CSTĐCS giai đoạn 2020-2022 thưởng bao nhiêu',
    'CSTĐCS trước năm 2025 thưởng bao nhiêu',
    'LĐTT năm sau bao nhiêu tiền',
    'lương cơ sở 1/1/2020',
  ])('outside of what is known is handed over: %s', (question) => expect(ask(question).outcome).toBe('hand_over'));

  it('that is only a year with two base salaries gets both amounts', () => {
    expect(ask('LĐTT năm 2026 thưởng bao nhiêu').text).toMatch(
      /760\.000 đ[\s\S]*Quyết định ký trước 01\/07\/2026: 710\.000 đ/,
    );
  });

  it('that no calendar has is asked again', () => {
    const reply = ask('tiền thưởng CSTĐ tỉnh ký ngày 31/6/2026');
    expect([reply.outcome, reply.text.includes('31/06/2026')]).toEqual(['clarify', true]);
  });

  it('stays with the collective that was asked about', () => {
    const first = ask('giấy khen cho tập thể thưởng bao nhiêu');
    const next = answerer.answer('ký ngày 1/6/2026 thì sao', { asOf: TODAY, topic: first.topic });
    expect(next.text).toContain('1.410.000 đ');
  });
});

describe('numbers beside a title', () => {
  it.each(['tháng 6 LĐTT thưởng bao nhiêu', 'đợt 2 bằng khen tỉnh thưởng bao nhiêu', 'khối 3 LĐTT thưởng bao nhiêu'])(
    'count nobody: %s',
    (question) => expect(ask(question).text).not.toContain('trường hợp'),
  );

  it('count people where they do', () => {
    expect(ask('1.200 người LĐTT tổng tiền thưởng bao nhiêu').text).toContain('1.200 × 760.000 đ = 912.000.000 đ');
    expect(ask('5 tập thể được giấy khen xã hết bao nhiêu tiền').text).toContain('7.600.000 đ');
  });

  it('are no share of Lao động tiên tiến where they are of something else', () => {
    expect(ask('đơn vị có 9/10 người hoàn thành nhiệm vụ được TTLĐXS không').text).not.toContain('đủ tỷ lệ');
    expect(ask('khen dịp 2/9 tập thể lao động xuất sắc thế nào').text).not.toContain('tỷ lệ Lao động');
  });

  it('are turned round where the least number is asked', () => {
    expect(ask('đơn vị 37 người cần bao nhiêu LĐTT để được TTLĐXS').text).toContain('ít nhất 26 người');
  });

  it.each([
    ['đơn vị 20 người 15 LĐTT 1 người bị cảnh cáo có được TTLĐTT không', 'kỷ luật không đạt'],
    ['tập thể có 75% LĐTT mà không có CSTĐCS được TTLĐXS không', 'còn thiếu điều kiện này'],
    [
      'tập thể 10 người 9 hoàn thành nhiệm vụ, 8 LĐTT được TTLĐXS không',
      '100 % cá nhân hoàn thành nhiệm vụ: còn thiếu',
    ],
  ])('do not hide what is told to be missing: %s', (question, told) => {
    expect(ask(question).text).toContain(told);
    expect(ask(question).text).not.toContain('do Hội đồng xét');
  });
});

describe('a document by its number', () => {
  it.each([
    'nghị định 152/2024 còn hiệu lực không',
    'thông tư 15/2019 còn hiệu lực không',
    'nghị định 98/2018/NĐ-CP',
    'quyết định 152/2025 còn hiệu lực không',
    'luật 39/2013 còn hiệu lực không',
  ])('of another year or kind is not answered from its namesake: %s', (question) => {
    const reply = ask(question);
    expect([reply.outcome, reply.citations]).toEqual(['hand_over', []]);
    expect(reply.text).toContain('không có văn bản đúng loại và số');
  });

  it('with an article leads to the cards that rest on it', () => {
    const reply = ask('Điều 24 luật thi đua khen thưởng nói gì');
    expect([reply.outcome, reply.options[0]?.card]).toEqual(['hand_over', 'ldtt-tieu-chuan']);
  });

  it('is known with its year, and a month is no document', () => {
    expect(ask('nghị định 152/2025 còn hiệu lực không').cards).toEqual(['van-ban-152-2025-nd-cp']);
    expect(ask('LĐTT ký tháng 6/2026 bao nhiêu tiền').outcome).toBe('answer');
  });

  it('says what is known of its life: ended, or not known', () => {
    expect(ask('nghị định 91/2017 còn hiệu lực không').text).toContain('hết hiệu lực từ 01/01/2024');
    expect(ask('quyết định 30/2024 hà nam còn hiệu lực không').text).toContain('chưa xác nhận');
    expect(ask('kế hoạch 1813 còn hiệu lực không').text).toContain('chưa có căn cứ để nói');
  });
});

describe('powers', () => {
  it('are those of the day asked about', () => {
    expect(ask('năm 2024 chủ tịch xã được tặng những danh hiệu gì').cards).toEqual(['tham-quyen-xa-truoc']);
    expect(ask('chủ tịch xã được tặng những danh hiệu gì').cards).toEqual(['tham-quyen-xa']);
    expect(ask('chủ tịch xã được tặng những danh hiệu gì').text).toContain('Từ 01/7/2025');
  });

  it('to propose are those of the title: the province proposes what the centre gives', () => {
    expect(ask('ai đề nghị tặng bằng khen thủ tướng').cards).toEqual(['de-nghi-trung-uong']);
    expect(ask('ai đề nghị xét tặng danh hiệu thi đua').cards).toEqual(['tham-quyen-de-nghi']);
  });
});

describe('titles that only look alike', () => {
  it.each(['tiêu chuẩn đơn vị quyết thắng', 'kỷ niệm chương quốc hội thưởng bao nhiêu'])(
    'are not answered with the rules of their neighbours: %s',
    (question) => expect(ask(question).outcome).toBe('hand_over'),
  );
});

describe('a sure word', () => {
  it.each([
    'dùng quỹ thi đua khen thưởng để liên hoan được không',
    'sinh con thứ ba có được xét thi đua không',
    'tập thể có 60% nữ được tập thể lao động tiên tiến không',
    'doanh nghiệp tư nhân có được khen không',
    'huy hiệu bác hồ',
  ])('is not given to a question of another matter: %s', (question) => expect(ask(question).outcome).toBe('hand_over'));

  it('is not given of one amount where two are as near', () => {
    expect(ask('khen đột xuất thưởng bao nhiêu').outcome).toBe('clarify');
  });
});

describe('several things in one question', () => {
  it('are answered each for its own title, or not at all', () => {
    const reply = ask('tiêu chuẩn CSTĐCS và hồ sơ bằng khen tỉnh và tiền thưởng LĐTT');
    expect(reply.cards).toEqual(['cstdcs-tieu-chuan', 'ho-so-hinh-thuc', 'tien-ldtt']);
    expect(ask('tiêu chuẩn, hồ sơ, tiền thưởng của CSTĐCS với bằng khen tỉnh').outcome).not.toMatch(/^answer/);
  });
});

describe('a talk', () => {
  const talk = (...questions: string[]) => {
    let topic: Topic | undefined;
    return questions.map((question) => {
      const reply = answerer.answer(question, { asOf: TODAY, ...(topic ? { topic } : {}) });
      topic = reply.topic;
      return reply;
    });
  };

  it('that names a document has left its subject', () => {
    const [, life, unknown] = talk(
      'mức thưởng chiến sĩ thi đua cơ sở',
      'nghi dinh 152 con hieu luc khong',
      'nghi dinh 500 la gi',
    );
    expect(life?.cards).toEqual(['van-ban-152-2025-nd-cp']);
    expect(unknown?.outcome).not.toMatch(/^answer/);
  });

  it('goes on to the sister of a title with what was asked before', () => {
    expect(talk('tiêu chuẩn bằng khen tỉnh', 'còn thủ tướng?')[1]?.cards).toEqual(['bk-ttg-tieu-chuan']);
    expect(talk('TTLĐXS cần bao nhiêu % ldtt', '12 người 8 LĐTT thì sao')[1]?.cards).toEqual(['ttldxs-tieu-chuan']);
  });
});

describe('cards that ended or were added', () => {
  const changed = (over: (card: Card) => Card, added: readonly Card[] = []) =>
    createAnswerer({ knowledge: { ...knowledge, cards: [...knowledge.cards.map(over), ...added] } });
  const some = knowledge.cards.find((card) => card.id === 'cstdcs-tieu-chuan');
  if (!some) throw new Error('the card is there');

  it('are neither answered with, nor offered, nor opened by an old button once they ended', () => {
    const ended = changed((card) => (card.id === some.id ? { ...card, state: 'het-hieu-luc' } : card));
    const reply = ended.answer('chien si thi dua co so can gi', { asOf: TODAY });
    expect([...reply.cards, ...reply.options.map((one) => one.card)]).not.toContain(some.id);
    expect(ended.card(some.id, { asOf: TODAY })?.outcome).toBe('hand_over');
    expect(ended.about('cstdcs', []).map((card) => card.id)).not.toContain(some.id);
    expect(ended.answer('asdf', { asOf: TODAY }).options.map((one) => one.card)).not.toContain(some.id);
  });

  it('are not opened by a button after the day on which their decree ends', () => {
    expect(answerer.card('tien-tong-hop', { asOf: '2027-03-02' })?.outcome).toBe('hand_over');
  });

  it('answer in their own words, and in place of a card that only says that nothing is known', () => {
    const words = 'cờ truyền thống tặng khi nào';
    const votes = 'số phiếu bầu tối thiểu của hội đồng xét chiến sĩ thi đua là bao nhiêu';
    const card = (id: string, ask: string): Card => ({ ...some, id, title: ask, asks: [ask], needs: [], subjects: [] });
    const added = changed((one) => one, [card('cb-co', words), card('cb-phieu', votes)]);
    const ask = (question: string) => added.answer(question, { asOf: TODAY }).cards;
    expect(ask(words)).toEqual(['cb-co']);
    expect(ask('co truyen thong tang khi nao')).toEqual(['cb-co']);
    expect(ask(votes)).toEqual(['cb-phieu']);
    expect(ask('so phieu bau toi thieu cua hoi dong xet chien si thi dua la bao nhieu a')).toEqual(['cb-phieu']);
  });
});

describe('a long or mixed question', () => {
  const STORY = 'Cơ quan em họp rất nhiều lần về việc chung của phòng. '.repeat(40);

  it('is read to its end', () => {
    const reply = ask(`${STORY}Xin hỏi tiêu chuẩn Chiến sĩ thi đua cơ sở là gì?`);
    expect(reply.cards).toEqual(['cstdcs-tieu-chuan']);
  });

  it.each([
    ['LĐTT cần gì và thưởng bao nhiêu', ['ldtt-tieu-chuan', 'tien-ldtt']],
    ['tiêu chuẩn và hồ sơ bằng khen tỉnh', ['bk-tinh-tieu-chuan', 'ho-so-hinh-thuc']],
    ['CSTĐCS ai quyết định và được thưởng bao nhiêu tiền', ['tien-cstdcs', 'tham-quyen-co-so']],
  ])('of two things about one title gets both: %s', (question, cards) => expect(ask(question).cards).toEqual(cards));

  it('keeps the part that the province decides', () => {
    const reply = ask('Tiêu chuẩn CSTĐCS là gì ạ? Hạn nộp hồ sơ thi đua về tỉnh là ngày nào?');
    expect(reply.cards).toEqual(['cstdcs-tieu-chuan', 'han-nop-ho-so']);
  });

  it('that counts people stays with their collective', () => {
    const talk = (topic: Topic | undefined, question: string) =>
      answerer.answer(question, { asOf: TODAY, ...(topic ? { topic } : {}) });
    const first = talk(undefined, 'tập thể lao động tiên tiến cần gì');
    const counted = talk(first.topic, '10 người 6 ldtt');
    expect(counted.text).toContain('6/10 = 60 % < 70 %');
    expect(counted.topic.subjects).toEqual(['ttldtt']);
    expect(talk(counted.topic, 'thế 10 người 8 ldtt').text).toContain('8/10 = 80 % ≥ 70 %');
  });
});

describe('a document cited with its day', () => {
  it.each([
    'Theo Luật Thi đua, khen thưởng số 06/2022/QH15 ngày 15/6/2022 thì tiêu chuẩn LĐTT là gì?',
    'tiêu chuẩn LĐTT theo Luật 06/2022/QH15 ngày 15 tháng 6 năm 2022',
  ])('is not asked about as of that day: %s', (question) => {
    expect(ask(question).cards).toEqual(['ldtt-tieu-chuan']);
    expect(ask(question).text).not.toContain('15/06/2022');
  });

  it('pays by the decree that is named, and counts nobody by its number', () => {
    const cited = ask(
      'Nghị định số 152/2025/NĐ-CP ngày 14/6/2025 của Chính phủ quy định mức thưởng CSTĐCS là bao nhiêu?',
    );
    expect(cited.cards).toEqual(['tien-cstdcs']);
    const short = ask('theo nghị định 152 bằng khen tỉnh thưởng bao nhiêu');
    expect(short.cards).toEqual(['tien-bk-tinh']);
    expect(short.text).not.toContain('trường hợp');
  });

  it('is a decision on an award where it is one: its day counts', () => {
    const reply = ask('theo quyết định số 45/QĐ-UBND ngày 20/6/2026 thì LĐTT được thưởng bao nhiêu');
    expect(reply.text).toContain('710.000 đ');
  });
});

describe('a card that an officer has compared', () => {
  it('no longer says that nobody has', () => {
    const id = 'ttldtt-tieu-chuan';
    const checked = { state: 'da-doi-chieu' as const, checkedBy: 'Trần Thị Lan (mẫu)', checkedAt: '2026-09-01' };
    const cards = knowledge.cards.map((card) => (card.id === id ? { ...card, ...checked } : card));
    const say = (some: typeof knowledge) => createAnswerer({ knowledge: some }).card(id, { asOf: '2026-09-30' });
    expect(say(knowledge)?.text).toContain('bản tóm lược');
    expect(say({ ...knowledge, cards })).toMatchObject({ outcome: 'answer' });
    expect(say({ ...knowledge, cards })?.text).toContain('Điều 28 (chuyên viên đã đối chiếu ngày 01/09/2026).');
  });
});

describe('what a question leaves open', () => {
  it.each(['ai ký quyết định', 'bao giờ hết hạn?', 'văn bản này còn hiệu lực không', 'thủ tục khen thưởng thế nào'])(
    'is asked back, not refused: %s',
    (question) => expect(ask(question).outcome).toBe('clarify'),
  );

  it('is not what a question only mentions', () => {
    const story = 'Giám đốc em bị tố cáo, nay có kết luận không sai phạm thì hồ sơ có được khen lại không';
    expect(ask(story).cards).toEqual(['co-ket-luan-sach']);
    expect(ask('hồ sơ khen thưởng lưu trữ bao nhiêu năm').outcome).toBe('hand_over');
  });
});

describe('two titles', () => {
  it('whose difference is asked are told by the criteria of each where no card compares them', () => {
    const reply = ask('chiến sĩ thi đua cơ sở khác lao động tiên tiến ở chỗ nào');
    expect(reply.cards).toEqual(['cstdcs-tieu-chuan', 'ldtt-tieu-chuan']);
    expect(ask('TTLĐXS khác TTLĐTT chỗ nào').cards).toEqual(['tap-the-khac-biet']);
  });
});

describe('arithmetic', () => {
  it('works the share out for every title of a collective where the question names none', () => {
    const reply = ask('12 người, 8 LĐTT');
    expect(reply.cards.slice().sort()).toEqual(['ttldtt-tieu-chuan', 'ttldxs-tieu-chuan']);
    expect(reply.text.split('8/12 = 66,7 % < 70 %')).toHaveLength(3);
    expect(ask('12 người được LĐTT thì thưởng tổng bao nhiêu').text).toContain('12 × 760.000 đ');
  });

  it.each([
    ['phòng có 10 người mà 6 người LĐTT thì được tập thể lao động xuất sắc không', '6/10 = 60 % < 70 %'],
    ['12 người, 8 LĐTT có đủ tập thể lao động tiên tiến không', '8/12 = 66,7 % < 70 %'],
    ['to 20 nguoi co 15 nguoi dat ldtt du tap the lao dong tien tien chua', '15/20 = 75 % ≥ 70 %'],
    ['65% lao động tiên tiến thì tập thể có được lao động xuất sắc không', '65 % < 70 %'],
  ])('%s', (question, sum) => {
    expect(ask(question).text).toContain(sum);
  });
});

describe('follow-up questions', () => {
  const talk = (...questions: string[]) => {
    let topic: Topic | undefined;
    return questions.map((question) => {
      const reply = answerer.answer(question, { asOf: TODAY, ...(topic ? { topic } : {}) });
      topic = reply.topic;
      return reply.cards[0];
    });
  };

  it('keep the subject and change what is asked, or keep what is asked and change the level', () => {
    expect(
      talk('tiêu chuẩn chiến sĩ thi đua cơ sở', 'thế còn cấp tỉnh?', 'thưởng bao nhiêu tiền?', 'còn toàn quốc?'),
    ).toEqual(['cstdcs-tieu-chuan', 'cstd-tinh-tieu-chuan', 'tien-cstd-tinh', 'tien-cstdtq']);
  });

  it('of another subject leave the first one behind', () => {
    expect(talk('tiêu chuẩn lao động tiên tiến', 'giấy khen thưởng bao nhiêu tiền')[1]).toBe('tien-giay-khen');
  });

  it('after a clarifying question need only say which', () => {
    expect(talk('bằng khen cần tiêu chuẩn gì', 'cấp tỉnh')[1]).toBe('bk-tinh-tieu-chuan');
  });
});

describe('local settings', () => {
  it('say whom to ask while the province has set nothing, and are told once it has', () => {
    expect(ask('hạn nộp hồ sơ thi đua về tỉnh là ngày nào').text).toContain('Sở Nội vụ');
    const cards = knowledge.cards.map((card) =>
      card.id === 'han-nop-ho-so' ? { ...card, local: 'trước 10/12 (Hướng dẫn mẫu)' } : card,
    );
    const set = createAnswerer({ knowledge: { ...knowledge, cards } });
    const reply = set.answer('hạn nộp hồ sơ thi đua về tỉnh là ngày nào', { asOf: TODAY });
    expect([reply.outcome, reply.text.includes('trước 10/12')]).toEqual(['answer', true]);
  });
});

describe('typing', () => {
  const meant = ask('tiêu chuẩn chiến sĩ thi đua cơ sở').cards;

  it.each([
    ['decomposed letters', 'tiêu chuẩn chiến sĩ thi đua cơ sở'.normalize('NFD')],
    ['no marks', 'tieu chuan chien si thi dua co so'],
    ['capitals', 'TIÊU CHUẨN CHIẾN SĨ THI ĐUA CƠ SỞ'],
    ['y for i', 'tiêu chuẩn chiến sỹ thi đua cơ sở'],
    ['an abbreviation', 'tiêu chuẩn CSTĐCS'],
    ['a slip', 'tieu chuan chein si thi dua co so'],
    ['glued words', 'tieuchuan chiensi thidua coso'],
    ['telex left undone', 'tieeu chuaanr chieens six thi ddua cow sowr'],
    ['zero-width characters', 'tiêu​ chuẩn chiến﻿ sĩ thi đua cơ sở'],
    ['mixed marks', 'tieu chuẩn chiến si thi đua co sở'],
  ])('with %s finds the same card', (_name, typed) => {
    expect(ask(typed).cards).toEqual(meant);
  });

  it('knows old and new tone placement as one', () => {
    expect(ask('thôn văn hoá cần tiêu chuẩn gì').cards).toEqual(ask('thôn văn hóa cần tiêu chuẩn gì').cards);
  });

  it('keeps words apart that only look alike without their marks', () => {
    expect(ask('giấy khen màu gì').outcome).not.toBe('answer_with_warning');
  });
});

describe('several questions in one message', () => {
  it('are answered one by one, and what has no basis is said to have none', () => {
    const reply = ask('LĐTT có cần sáng kiến không ạ? Sáng kiến có giá trị mấy năm?');
    expect(reply.outcome).toBe('answer_with_warning');
    expect(reply.cards).toEqual(['ldtt-sang-kien']);
    expect(reply.text).toContain('Phần còn lại');
  });
});

describe('bad input', () => {
  it.each([
    ['nothing', ''],
    ['spaces', '   \n\t '],
    ['signs', '?!?!…'],
    ['digits', '0123456789'],
    ['emoji', '🙏🙏🙏'],
    ['right-to-left text', 'مرحبا كيف حالك'],
    ['HTML', '<script>alert(1)</script><b>'],
    ['10,000 characters', 'a'.repeat(10_000)],
    ['a lone surrogate', '\ud83d hồ'],
  ])('%s is not answered', (_name, text) => {
    expect(['clarify', 'out_of_scope', 'hand_over']).toContain(ask(text).outcome);
  });

  it('takes three thousand words about the field in a moment and without an answer it cannot give', () => {
    const from = performance.now();
    ask('hồ sơ khen thưởng gồm những gì '.repeat(600));
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  it('never throws, and gives the same answer to the same question', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(ask(text)).toEqual(ask(text));
      }),
      { numRuns: 150 },
    );
  });

  it('cites nothing but documents of the knowledge and never an empty text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'LĐTT',
            'bằng khen',
            'hồ sơ',
            'tỉnh',
            'bao nhiêu',
            'ai',
            'quyết định',
            'năm 2024',
            'CSTĐCS',
            'thai sản',
            'nghị định 152',
            'điều 4',
            'không',
          ),
          { maxLength: 8 },
        ),
        (words) => {
          const reply = ask(words.join(' '));
          expect(reply.text).not.toBe('');
          for (const one of reply.citations) expect(knowledge.documents.has(one.document)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a title that has several levels', () => {
  it.each([
    ['em co sang kien roi thi co duoc chien si thi dua khong', 'cstdcs-sang-kien'],
    ['em có sáng kiến rồi thì có được chiến sĩ thi đua không', 'cstdcs-sang-kien'],
    ['không có sáng kiến thì được cstđ không', 'cstdcs-sang-kien'],
    ['chiến sĩ thi đua cần điều kiện gì', 'cstdcs-tieu-chuan'],
    ['chiến sĩ thi đua', 'cstdcs-tieu-chuan'],
  ])('is asked back from the base upwards: %s', (question, first) => {
    const reply = ask(question);
    expect(reply.outcome).toBe('clarify');
    expect(reply.cards[0]).toBe(first);
    expect(reply.cards.slice(1).map((card) => card.replace(/-[a-z]+-[a-z]+$/, ''))).toEqual(['cstd-tinh', 'cstdtq']);
  });
});

describe('what else may have been meant', () => {
  const offered = (question: string) => ask(question).options.map((one) => one.card);

  it('stands beside a refusal of words that nobody here knows, and the refusal stays one', () => {
    const reply = ask('Phải làm bao nhiêu bản, bao nhiêu bộ hồ sơ để gửi lên?');
    expect(reply).toMatchObject({ outcome: 'out_of_scope', cards: [], citations: [] });
    expect(reply.options.length).toBeGreaterThan(0);
    expect(reply.text).toContain('Có thể anh/chị muốn hỏi');
    expect(offered('công thức nấu phở bò ngon')).toEqual([]);
  });

  it('stands beside an answer whose words are as near to another card, and not where they are nearest to its own', () => {
    const other = ask('Bác tôi có HCLĐ hạng Nhì rồi, vậy cần thêm gì để được hạng Nhất?');
    expect([...other.cards, ...other.options.map((one) => one.card)]).toContain('hcld-nhi');
    expect(other.options.length).toBeGreaterThan(0);
    expect(offered('lao động tiên tiến được thưởng bao nhiêu tiền')).toEqual([]);
    const both = ask('tap the ldtt va tap the ld xuat sac khac nhau cho nao');
    expect([...both.cards, ...both.options.map((one) => one.card)]).toContain('tap-the-khac-biet');
  });
});

describe('a follow-up that says nothing', () => {
  const { topic } = ask('tiêu chuẩn chiến sĩ thi đua cơ sở');
  const next = (question: string) => answerer.answer(question, { asOf: TODAY, topic });

  it.each(['asdkjh qwe', 'ừ', 'ok', '👍', '123', '12/3', 'hehe', '???'])('%s gets the question back', (text) => {
    expect(next(text).outcome).toBe('clarify');
    expect(next(text).text).toBe(ask(text).text);
    expect(next(text).topic.subjects).toEqual(['cstdcs']);
  });

  it('is none where it names a year, a level or another kind of question', () => {
    expect(next('thế năm 2020 thì sao').cards).toEqual(['cstdcs-tieu-chuan-nd91']);
    expect(next('còn tỉnh thì sao').cards).toEqual(['cstd-tinh-tieu-chuan']);
    expect(next('thế thưởng bao nhiêu').cards).toEqual(['tien-cstdcs']);
  });
});
