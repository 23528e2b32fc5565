import { describe, expect, it } from 'vitest';
import { createAwardsFlows, type AwardsReads, type QuestionReads } from '../../src/awards/index.js';
import { defineCommand, defineFlow, raw } from '../../src/conversation/index.js';
import { z } from 'zod';
import type { OpenQuestion } from '../../src/awards/store.js';
import { Play, someActor } from '../conversation/play.js';
import { answerer } from './knowledge-of-tests.js';

const QUESTION = '00000000-0000-7000-8000-0000000000aa';

function play(
  over: {
    roles?: readonly ('officer' | 'leader' | 'admin')[];
    waiting?: number;
    open?: boolean;
    own?: OpenQuestion[];
  } = {},
) {
  const awards: AwardsReads = {
    fresh: () => Promise.resolve(),
    waiting: () => Promise.resolve(over.waiting ?? 2),
    openOf: () => Promise.resolve(over.own ?? []),
  };
  const waits = {
    id: QUESTION,
    code: 'CH-ABCDE',
    text: 'Nghỉ không lương thì sao?',
    askedAt: new Date('2026-11-20T02:00:00Z'),
    reason: 'no_basis',
    conversationId: 'v9',
  };
  const questions: QuestionReads = {
    own: () => Promise.resolve([]),
    waiting: () => Promise.resolve(over.open === false ? [] : [waits]),
    one: (id) => Promise.resolve(over.open === false || id !== QUESTION ? null : waits),
  };
  const tasks = defineFlow<undefined, unknown>({
    name: 'tasks',
    version: 1,
    data: z.undefined(),
    commands: [
      defineCommand<undefined, unknown>({
        name: 'tasks',
        words: ['việc của tôi'],
        start: () => ({ end: true, say: [{ text: raw('danh sách việc') }] }),
      }),
    ],
    steps: {},
  });
  return new Play(
    [...createAwardsFlows({ answerer }), tasks],
    { awards, questions },
    {
      actor: someActor({ roles: over.roles ?? [] }),
      fallback: { text: 'ask', file: 'menu', start: 'menu' },
    },
  );
}

describe('asking in chat', () => {
  it('answers any text, with buttons for more, the basis and "chưa đúng ý"', async () => {
    const p = play();
    expect(await p.type('cstdcs phai co sang kien ko')).toContain('Điều 23');
    expect(p.labels()).toEqual(expect.arrayContaining(['Căn cứ', 'Chưa đúng ý']));
    expect(p.labels().length).toBeLessThanOrEqual(4);
    expect(p.effects()).toEqual([]);
    expect(await p.tap('Căn cứ')).toContain('chưa đối chiếu');
  });

  it('names the card above an answer that a button opened', async () => {
    expect(await play().press('go:ask-card:bk-ttg-tieu-chuan')).toContain(
      'Tiêu chuẩn Bằng khen của Thủ tướng (cá nhân):',
    );
  });

  it('asks no officer about a title that was tapped, also where its card holds no longer', async () => {
    const p = play();
    p.now = new Date('2027-03-05T02:00:00Z');
    expect(await p.press('go:ask-card:tien-tong-hop')).toContain('không áp dụng cho ngày 05/03/2027');
    expect(p.effects()).toEqual([]);
    expect(p.labels()).toContain('Gặp cán bộ');
  });

  it('gives way to the screen that is asked for while it asks what was wrong', async () => {
    const p = play();
    await p.type('tiêu chuẩn LĐTT', 'sai rồi');
    expect(await p.type('tra cứu')).not.toContain('Câu vừa hỏi');
    await p.type('1');
    expect(p.effects().map((one) => one.type)).not.toContain('awards.hand-over');
  });

  it('keeps the subject for the next question', async () => {
    const p = play();
    await p.type('tiêu chuẩn chiến sĩ thi đua cơ sở');
    expect(await p.type('thế còn cấp tỉnh?')).toContain('03 lần liên tục');
  });

  it('asks back with buttons that can be tapped or typed', async () => {
    const tapped = play();
    await tapped.type('bằng khen cần tiêu chuẩn gì');
    expect(await tapped.tap('Tiêu chuẩn Bằng khen cấp tỉnh (cá nhân)')).toContain('02 lần liên tục');
    const typed = play();
    expect(await typed.type('bằng khen cần tiêu chuẩn gì', '2')).toContain('05 năm liên tục');
  });

  it('hands over what has no basis: effect, code and place in the queue', async () => {
    const p = play({ waiting: 2 });
    const text = await p.type('tiêu chuẩn huân chương lao động hạng nhất');
    expect(text).toContain('câu thứ 3 trong hàng chờ');
    expect(text).not.toContain('có thể chuyển');
    expect(p.effects()).toEqual([
      {
        type: 'awards.hand-over',
        payload: expect.objectContaining({
          text: 'tiêu chuẩn huân chương lao động hạng nhất',
          reason: 'no_basis',
        }) as unknown,
      },
    ]);
  });

  it('says the code and the place of before when the same waits already', async () => {
    const question = 'tiêu chuẩn huân chương lao động hạng nhất';
    const p = play({ own: [{ text: question, code: 'CH-AB12C', place: 2 }] });
    expect(await p.type(question)).toContain('mã CH-AB12C (câu thứ 2 trong hàng chờ)');
  });

  it('takes no "Hội" for "hỏi"', async () => {
    const p = play();
    await p.type('Hội đồng xét chiến sĩ thi đua cần bao nhiêu phiếu bầu');
    expect(p.effects()[0]?.payload).toMatchObject({ text: 'Hội đồng xét chiến sĩ thi đua cần bao nhiêu phiếu bầu' });
    expect(await p.type('hoi tieu chuan ldtt')).toContain('Điều 24');
  });

  it('offers what may have been meant beside a hand-over', async () => {
    const p = play();
    const text = await p.type('TTLĐXS bắt buộc 100% hoàn thành nhiệm vụ đúng không');
    expect(text).toContain('Đã chuyển chuyên viên');
    expect(p.labels()).toContain('Tiêu chuẩn Tập thể lao động xuất sắc');
    expect(await p.tap('Tiêu chuẩn Tập thể lao động xuất sắc')).toContain('100 %');
  });

  it('hands over a complaint as one and says what it will not do', async () => {
    const p = play();
    expect(await p.type('em muốn tố cáo việc bình xét ở cơ quan')).toContain('không xử lý nội dung');
    expect(p.effects()[0]?.payload).toMatchObject({ reason: 'complaint' });
  });

  it('refuses what is outside without bothering an officer', async () => {
    const p = play();
    expect(await p.type('giá vàng hôm nay')).toContain('ngoài phạm vi');
    expect(p.effects()).toEqual([]);
  });

  it('greets, thanks and offers where to begin without taking them for questions', async () => {
    const p = play();
    expect(await p.type('cảm ơn')).toContain('hỗ trợ');
    await p.type('tiêu chuẩn LĐTT');
    for (const text of ['ok em', 'vâng ạ', 'ừ', 'em cảm ơn anh nhiều ạ'])
      expect(await p.type(text)).toContain('hỗ trợ');
    expect(await p.type('xin chào')).not.toContain('chưa hiểu');
    expect(await p.type('hỏi')).toContain('chọn một mục');
    expect(p.effects()).toEqual([]);
  });

  it('takes "chưa đúng ý" to an officer with the question that was asked, masked', async () => {
    const p = play();
    await p.type('tiêu chuẩn LĐTT, số em 0912345678');
    expect(await p.tap('Chưa đúng ý')).toContain('Câu vừa hỏi');
    expect(p.text()).not.toContain('0912345678');
    await p.tap('Chuyển chuyên viên');
    expect(p.effects()[0]?.payload).toMatchObject({ text: 'tiêu chuẩn LĐTT, số em ***' });
  });

  it('takes a better wording after "chưa đúng ý" as the next question', async () => {
    const p = play();
    await p.type('tiêu chuẩn LĐTT');
    await p.tap('Chưa đúng ý');
    expect(await p.type('LĐTT thưởng bao nhiêu tiền')).toContain('760.000 đ');
    expect(p.session).toBeNull();
  });
});

describe('asking for a person', () => {
  it('asks what it is about and passes it on', async () => {
    const p = play();
    expect(await p.type('gap can bo')).toContain('cần hỏi cán bộ');
    expect(await p.type('cho hỏi lịch làm việc')).toContain('Đã chuyển chuyên viên');
    expect(p.effects()[0]?.payload).toMatchObject({ reason: 'asked_for_person', text: 'cho hỏi lịch làm việc' });
  });
});

describe('the officer’s answer', () => {
  it('is written, previewed and sent', async () => {
    const p = play({ roles: ['officer'] });
    expect(await p.press(`go:answer-question:${QUESTION}`)).toContain('Nghỉ không lương thì sao?');
    expect(await p.type('Đề nghị đơn vị báo cáo Sở để xem xét.')).toContain('sẽ gửi tới 1 người');
    expect(p.text()).toContain('chưa phải căn cứ pháp lý');
    expect(await p.tap('Gửi')).toContain('Đã gửi');
    expect(p.effects()).toEqual([
      { type: 'awards.answer', payload: { questionId: QUESTION, text: 'Đề nghị đơn vị báo cáo Sở để xem xét.' } },
    ]);
  });

  it('can be changed before it is sent', async () => {
    const p = play({ roles: ['officer'] });
    await p.press(`go:answer-question:${QUESTION}`);
    await p.type('lời đầu tiên');
    await p.tap('Sửa');
    await p.type('lời sau cùng');
    await p.tap('Gửi');
    expect(p.effects()[0]?.payload).toMatchObject({ text: 'lời sau cùng' });
  });

  it('is not for others, and not for a question that was answered meanwhile', async () => {
    expect(await play().press(`go:answer-question:${QUESTION}`)).not.toContain('Nghỉ không lương');
    expect(await play({ roles: ['officer'], open: false }).press(`go:answer-question:${QUESTION}`)).toContain(
      'đã được trả lời',
    );
  });
});
