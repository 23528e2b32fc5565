import { describe, expect, it } from 'vitest';
import { encode, escapeHtml, keyboard } from '../../src/channels/telegram/encode.js';

const button = (label: string, action = 'go:menu') => ({ label, action });
const rows = (...labels: string[]) =>
  keyboard(labels.map((label) => button(label)))?.inline_keyboard.map((row) => row.map(({ text }) => text));

describe('encoding for Telegram', () => {
  it('escapes everything that HTML would read as markup', () => {
    expect(escapeHtml('<b>"A" & B</b>')).toBe('&lt;b&gt;&quot;A&quot; &amp; B&lt;/b&gt;');
  });

  it.each([
    ['three short ones in a row', ['Có', 'Không', 'Lùi', 'Hủy'], [['Có', 'Không', 'Lùi'], ['Hủy']]],
    [
      'two of middle length',
      ['Gương điển hình', 'Hỏi thủ tục', 'Gặp cán bộ'],
      [['Gương điển hình', 'Hỏi thủ tục'], ['Gặp cán bộ']],
    ],
    [
      'a long one alone',
      ['Có', 'Không phải việc của đơn vị tôi', 'Lùi'],
      [['Có'], ['Không phải việc của đơn vị tôi'], ['Lùi']],
    ],
  ])('lays out %s', (_name, labels, expected) => {
    expect(rows(...labels)).toEqual(expected);
  });

  it('leaves out a button that Telegram would refuse, and keeps the others', () => {
    const buttons = [
      button('dài', `go:x:${'ắ'.repeat(21)}`),
      button('vừa', `go:x:${'a'.repeat(59)}`),
      button(' '),
      button('trống', ''),
    ];
    expect(Buffer.byteLength(buttons[0]?.action ?? '')).toBeGreaterThan(64);
    expect(keyboard(buttons)?.inline_keyboard).toEqual([[{ text: 'vừa', callback_data: `go:x:${'a'.repeat(59)}` }]]);
    expect(keyboard([])).toBeUndefined();
  });

  it('puts words and buttons under a picture while they fit', () => {
    expect(encode({ text: 'Chúc mừng', imageId: 'i1', imageAlt: 'thẻ', buttons: [button('Đọc')] })).toEqual([
      { kind: 'photo', fileId: 'i1', text: 'Chúc mừng', buttons: [button('Đọc')] },
    ]);
  });

  it('sends the picture first when the words are too long for a caption', () => {
    const text = 'a'.repeat(1_200);
    expect(encode({ text, imageId: 'i1', buttons: [button('Đọc')] })).toEqual([
      { kind: 'photo', fileId: 'i1', text: '', buttons: [] },
      { kind: 'text', text, buttons: [button('Đọc')] },
    ]);
  });

  it('splits what is over the limit and never cuts a pair of surrogates', () => {
    const parts = encode({ text: '😀'.repeat(3_000), buttons: [button('Tiếp')] });
    expect(parts.length).toBe(2);
    expect(parts.every((part) => part.text.length <= 4_000 && Buffer.from(part.text).toString() === part.text)).toBe(
      true,
    );
    expect(parts.map((part) => part.buttons.length)).toEqual([0, 1]);
    expect(parts.map((part) => part.text).join('')).toBe('😀'.repeat(3_000));
  });

  it('lets the alternative text speak for a picture without words, and sends nothing for nothing', () => {
    expect(encode({ text: ' ', imageId: 'i1', imageAlt: 'Biểu đồ' })).toMatchObject([
      { kind: 'photo', text: 'Biểu đồ' },
    ]);
    expect(encode({ text: '  ' })).toEqual([]);
  });

  it('carries a picture and a document together', () => {
    expect(encode({ text: 'x', imageId: 'i', fileId: 'f', buttons: [button('Tiếp')] })).toEqual([
      { kind: 'photo', fileId: 'i', text: 'x', buttons: [] },
      { kind: 'document', fileId: 'f', text: '', buttons: [button('Tiếp')] },
    ]);
  });
});
