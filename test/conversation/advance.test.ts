import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  raw,
  refuse,
  t,
  type Move,
} from '../../src/conversation/index.js';
import { Play, someActor } from './play.js';

const save = defineEffect<{ name: string; count: string }>('test.save');
const data = z.object({ name: z.string().optional(), kind: z.string().optional() });
type Data = z.infer<typeof data>;

/** A form of three questions: a free text, a choice, a number. */
const form = defineFlow<Data, unknown>({
  name: 'form',
  version: 1,
  data,
  commands: [
    defineCommand<Data, unknown>({ name: 'form', words: ['đăng ký'], start: () => ({ to: 'name', data: {} }) }),
  ],
  steps: {
    name: defineStep<Data, unknown>({
      ask: () => ({ text: raw('Tên?') }),
      answer: (_at, answer): Move<Data> =>
        answer.kind === 'text' ? { to: 'kind', data: { name: answer.text } } : { again: raw('Gõ tên') },
    }),
    kind: defineStep<Data, unknown>({
      ask: () => ({
        text: raw('Loại?'),
        options: [
          { value: 'a', label: raw('Tập thể') },
          { value: 'b', label: raw('Cá nhân'), words: ['người'] },
        ],
      }),
      answer: ({ data: d }, answer) => ({
        to: 'count',
        data: { ...d, kind: answer.kind === 'option' ? answer.value : '' },
      }),
    }),
    count: defineStep<Data, unknown>({
      ask: () => ({
        text: raw('Bao nhiêu?'),
        options: [{ value: 'none', label: raw('Không có') }],
        free: true,
        numbersAreAnswers: true,
      }),
      answer: ({ data: d }, answer) => ({
        end: true,
        say: [{ text: raw(`Đã ghi ${d.name ?? ''} ${d.kind ?? ''}`) }],
        effects: [save({ name: d.name ?? '', count: answer.kind === 'text' ? answer.text : '0' })],
      }),
    }),
  },
});

const ask = defineFlow<undefined, unknown>({
  name: 'ask',
  version: 1,
  data: z.undefined(),
  commands: [
    defineCommand<undefined, unknown>({
      name: 'ask',
      words: ['hỏi'],
      takesText: true,
      aside: true,
      start: ({ arg }) => ({ end: true, say: [{ text: raw(`Trả lời: ${arg}`) }] }),
    }),
    defineCommand<undefined, unknown>({
      name: 'secret',
      words: ['mật'],
      allow: (a) => a.roles.includes('officer'),
      start: () => ({ end: true, say: [{ text: raw('vào') }] }),
    }),
  ],
  steps: {},
});

const play = () => new Play([form, ask], {}, { fallback: { text: 'ask', file: 'menu', start: 'menu' } });

describe('a conversation', () => {
  it('asks one question after another and returns the effect at the end', async () => {
    const p = play();
    expect(await p.type('dang ky')).toBe('Tên?');
    expect(await p.type('Phường Phủ Lý')).toBe('Loại?');
    expect(p.labels()).toEqual(['Tập thể', 'Cá nhân']);
    await p.tap('Cá nhân');
    expect(await p.type('12')).toBe('Đã ghi Phường Phủ Lý b');
    expect(p.effects()).toEqual([save({ name: 'Phường Phủ Lý', count: '12' })]);
    expect(p.session).toBeNull();
  });

  it('takes a choice by number, by label without diacritics, and by a synonym', async () => {
    for (const typed of ['2', 'ca nhan', 'NGƯỜI', 'chọn 2']) {
      const p = play();
      await p.type('đăng ký', 'X', typed);
      expect(p.session?.data).toEqual({ name: 'X', kind: 'b' });
    }
  });

  it('goes back with lùi and starts nowhere after hủy', async () => {
    const p = play();
    await p.type('đăng ký', 'X', '1');
    expect(await p.type('lui')).toBe('Loại?');
    expect(await p.type('lùi')).toBe('Tên?');
    expect(await p.type('lùi')).toContain('không lùi được');
    expect(await p.type('huỷ')).toContain('Đã hủy');
    expect(p.session).toBeNull();
    expect(p.drafts).toEqual({});
  });

  it('does not take a button of an earlier question for the answer to the present one', async () => {
    const p = play();
    await p.type('đăng ký', 'X');
    const old = p.recent[0]?.[0]?.action ?? '';
    await p.type('1');
    expect(p.session?.step).toBe('count');
    expect(await p.press(old)).toContain('câu hỏi đã qua');
    expect(p.session?.step).toBe('count');
  });

  it('keeps the button working while the same question is asked again', async () => {
    const p = play();
    await p.type('đăng ký', 'X');
    const first = p.recent[0]?.[1]?.action ?? '';
    await p.type('gì đó khác');
    expect(p.session?.step).toBe('kind');
    await p.press(first);
    expect(p.session?.data).toEqual({ name: 'X', kind: 'b' });
  });

  it('answers a question aside in the middle of a form and asks again', async () => {
    const p = play();
    await p.type('đăng ký', 'X');
    expect(await p.type('hỏi mức thưởng')).toBe('Trả lời: mức thưởng\nLoại?');
    expect(await p.type('muc thuong bao nhieu?')).toContain('Trả lời: muc thuong bao nhieu?');
    expect(p.session?.step).toBe('kind');
  });

  it('takes words that begin like a command as an answer inside a free question', async () => {
    const p = play();
    await p.type('đăng ký', 'Hỏi thăm gia đình chính sách');
    expect(p.session?.data).toEqual({ name: 'Hỏi thăm gia đình chính sách' });
  });

  it('keeps a draft when the person turns to another command, and offers it later', async () => {
    const p = play();
    await p.type('đăng ký', 'X', 'menu');
    expect(p.session).toBeNull();
    expect(await p.type('đăng ký')).toContain('đang làm dở');
    expect(await p.tap('Làm tiếp')).toBe('Loại?');
    await p.type('1', '5');
    expect(p.text()).toBe('Đã ghi X a');
    expect(p.drafts).toEqual({});
  });

  it('forgets the draft when the person starts again', async () => {
    const p = play();
    await p.type('đăng ký', 'X', 'menu', 'đăng ký');
    expect(await p.type('2')).toBe('Tên?');
    expect(p.drafts).toEqual({});
  });

  it('lays a form aside after a day and says so', async () => {
    const p = play();
    await p.type('đăng ký', 'X');
    p.now = new Date(p.now.getTime() + 25 * 3_600_000);
    expect(await p.type('1')).toContain('đã được giữ lại');
    expect(p.drafts.form?.step).toBe('kind');
  });

  it('drops a session of another release and says so', async () => {
    const p = play();
    await p.type('đăng ký', 'X');
    p.session = p.session && { ...p.session, version: 0 };
    expect(await p.type('1')).toContain('bắt đầu lại');
    expect(p.session).toBeNull();
  });

  it('says what was refused, keeps the form as a draft, and plans nothing of it', async () => {
    const p = play();
    await p.type('đăng ký', 'X', '1');
    const result = await p.turn({ kind: 'text', text: '3' }, refuse('late', raw('Đã quá hạn')));
    expect(p.text()).toBe('Đã quá hạn');
    expect(result.effects).toEqual([]);
    expect(p.drafts.form?.step).toBe('count');
  });

  it('lets the typed label or number of the newest notice stand for its button', async () => {
    const p = play();
    p.recent = [
      [
        { label: 'Đăng ký', action: 'go:form' },
        { label: 'Hỏi', action: 'go:ask:x' },
      ],
      [{ label: 'Xem bản tin', action: 'go:menu' }],
    ];
    expect(await p.type('2')).toBe('Trả lời: x');
    p.recent = [[{ label: 'Xem bản tin', action: 'go:form' }]];
    expect(await p.type('xem ban tin')).toBe('Tên?');
  });

  it('refuses a command to those whom it is not for', async () => {
    const p = play();
    expect(await p.type('mật')).toBe('Việc này dành cho chuyên viên.');
    p.actor = someActor({ roles: ['officer'] });
    expect(await p.type('mat')).toBe('vào');
  });

  it('answers emptiness, zero-width text and unknown kinds without losing the question', async () => {
    const p = play();
    await p.type('đăng ký');
    expect(await p.type('\u200B\u202E ')).toContain('không có chữ nào');
    await p.turn({ kind: 'unsupported', what: 'sticker' });
    expect(p.text()).toContain('chưa đọc được');
    expect(p.session?.step).toBe('name');
  });

  it('never throws on any text', async () => {
    const p = play();
    for (const text of [
      '💥'.repeat(3000),
      '<b>x</b>',
      '\u202Eabc',
      '2'.repeat(400),
      '..',
      '?',
      "'; drop table unit; --",
      'q:x:1',
    ]) {
      await p.turn({ kind: 'text', text });
      expect(p.text().length).toBeGreaterThan(0);
    }
    expect(t('button.menu')).toEqual({ key: 'button.menu' });
  });
});
