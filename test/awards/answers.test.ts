import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerer, type Topic } from '../../src/awards/index.js';
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
    const set = createAnswerer({
      knowledge,
      localSettings: new Map([['submission-dates', 'trước 10/12 (Hướng dẫn mẫu)']]),
    });
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
