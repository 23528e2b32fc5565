import { describe, expect, it } from 'vitest';
import { encode, messageOf, type ZaloButtons } from '../../src/channels/zalo/encode.js';

const button = (label: string, action = 'go:menu') => ({ label, action });
const choices = [button('Nộp ngay', 'go:report:1'), button('Để sau', 'q:ab:1')];
const messages = (...args: Parameters<typeof encode>) => encode(...args).map(messageOf);

describe('encoding for Zalo', () => {
  it('appends a numbered menu', () => {
    expect(messages({ text: 'Còn 2 việc', buttons: choices }, {}, 'none')).toEqual([
      { text: 'Còn 2 việc\n\n1. Nộp ngay\n2. Để sau' },
    ]);
  });

  it('composes the letters before it counts', () => {
    const decomposed = 'ế'.repeat(1_500).normalize('NFD');
    expect(decomposed.length).toBeGreaterThan(2_000);
    expect(messages({ text: decomposed }, {}, 'none')).toEqual([{ text: 'ế'.repeat(1_500) }]);
  });

  it('keeps every text within 2,000 characters and the menu at the end', () => {
    const text = Array.from({ length: 900 }, (_, n) => `từ${String(n)}`).join(' ');
    const texts = messages({ text, buttons: choices }, {}, 'none').map((message) => (message as { text: string }).text);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.every((piece) => piece.length <= 2_000)).toBe(true);
    expect(texts.at(-1)).toMatch(/\n\n1\. Nộp ngay\n2\. Để sau$/);
    expect(texts.join(' ').split(/\s+/).slice(0, 900).join(' ')).toBe(text);
  });

  it('gives a menu that does not fit below the words a message of its own', () => {
    const [first, second, ...rest] = messages({ text: 'a'.repeat(1_990), buttons: choices }, {}, 'text_buttons');
    expect([first, second, rest]).toEqual([{ text: 'a'.repeat(1_990) }, { text: '1. Nộp ngay\n2. Để sau' }, []]);
  });

  it('puts the words under a picture, a document before the words, and links where Zalo takes no file', () => {
    const image = { by: 'id', fileId: 'i', id: 'A1' } as const;
    expect(messages({ text: 'Gương', buttons: choices, imageId: 'i' }, { image }, 'button')).toEqual([
      {
        text: 'Gương\n\n1. Nộp ngay\n2. Để sau',
        attachment: {
          type: 'template',
          payload: { template_type: 'media', elements: [{ media_type: 'image', attachment_id: 'A1' }] },
        },
      },
    ]);
    expect(messages({ text: 'Mẫu', fileId: 'f' }, { file: { by: 'id', fileId: 'f', id: 'T1' } }, 'none')).toEqual([
      { attachment: { type: 'file', payload: { token: 'T1' } } },
      { text: 'Mẫu' },
    ]);
    expect(messages({ text: 'Bảng', fileId: 'f' }, { file: { by: 'link', url: 'https://x.vn/f' } }, 'none')).toEqual([
      { text: 'Bảng\n\nTệp kèm theo (liên kết dùng được trong 24 giờ):\nhttps://x.vn/f' },
    ]);
  });

  it('lets the alternative text speak where the picture is missing, and sends nothing for nothing', () => {
    expect(messages({ text: '', imageId: 'i', imageAlt: 'Biểu đồ tuần 47' }, {}, 'none')).toEqual([
      { text: 'Biểu đồ tuần 47' },
    ]);
    expect(messages({ text: ' ' }, {}, 'none')).toEqual([]);
  });

  const drawn = [
    { title: 'Nộp ngay', type: 'oa.query.hide', payload: 'go:report:1' },
    { title: 'Để sau', type: 'oa.query.hide', payload: 'q:ab:1' },
  ];
  it.each<[ZaloButtons, object]>([
    ['text_buttons', { text: 'Còn 2 việc\nChọn', attachment: { type: 'template', payload: { buttons: drawn } } }],
    [
      'button',
      {
        attachment: {
          type: 'template',
          payload: { template_type: 'button', text: 'Còn 2 việc\nChọn', buttons: drawn },
        },
      },
    ],
    [
      'list',
      {
        attachment: {
          type: 'template',
          payload: { template_type: 'list', elements: [{ title: 'Còn 2 việc', subtitle: 'Chọn', buttons: drawn }] },
        },
      },
    ],
  ])('draws buttons as %s and keeps the plain twin', (renderer, message) => {
    const [part] = encode({ text: 'Còn 2 việc\nChọn', buttons: choices }, {}, renderer);
    expect(part).toEqual({ kind: 'rich', message, plain: 'Còn 2 việc\nChọn\n\n1. Nộp ngay\n2. Để sau' });
  });

  it('fills the subtitle that the list demands', () => {
    expect(JSON.stringify(messages({ text: 'Chào', buttons: choices }, {}, 'list'))).toContain(
      '"subtitle":"Anh/chị chọn một mục bên dưới."',
    );
  });

  it.each([
    ['six buttons', { text: 'x', buttons: Array.from({ length: 6 }, (_, n) => button(String(n))) }],
    ['a title too long for the list', { text: 'x'.repeat(101), buttons: choices }],
    ['a text without buttons', { text: 'x' }],
  ])('does not draw %s', (_name, content) => {
    expect(encode(content, {}, 'list').map(({ kind }) => kind)).toEqual(['text']);
  });
});
